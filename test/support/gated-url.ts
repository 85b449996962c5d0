/**
 * The URL that a node in its own process gates. It is not in the file of that process, because a test that loads that file would get its
 * messages.
 */
export const gatedUrl = '/host/gated';
