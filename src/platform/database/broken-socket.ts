/** Whether an error is that of Node for a connection that broke during a write. The driver passes it on unchanged. */
export function isBrokenSocket(error: unknown): error is Error {
  return error instanceof Error && 'syscall' in error && 'code' in error && (error.code === 'ECONNRESET' || error.code === 'EPIPE');
}
