/** The environment with the folders of programs for administrators, which the PATH of other users leaves out. */
export const withSystemPrograms = { ...process.env, PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/usr/local/sbin` };
