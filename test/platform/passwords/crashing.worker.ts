/** A worker whose thread dies at its first computation. */
export default function crash(): never {
  process.exit(3);
}
