/** A record on its way into the spool. */
export type Waiting = { record: Buffer; resolve(): void; reject(error: unknown): void };

/**
 * Lets records that come together share a write and its fdatasync: those that come during one are the next.
 *
 * @param writeGroup settles each record of the group; it never rejects
 */
export function groupAppends(writeGroup: (group: Waiting[]) => Promise<void>): {
  append(record: Buffer): Promise<void>;
  /** Resolves when nothing is being written. */
  written(): Promise<void>;
} {
  let waiting: Waiting[] = [];
  let writing: Promise<void> | undefined;

  async function writeAll(): Promise<void> {
    while (waiting.length > 0) {
      const group = waiting;
      waiting = [];
      await writeGroup(group);
    }
    writing = undefined;
  }

  return {
    append: (record) =>
      new Promise((resolve, reject) => {
        waiting.push({ record, resolve, reject });
        writing ??= writeAll();
      }),
    written: async () => writing,
  };
}
