/** What a node in a process of its own gates. Not in the file of that process: whoever loads that one would listen for its messages. */
export const gatedUrl = '/host/gated';
