const mebibyte = 1 << 20;
// A quarter of the memory, as PostgreSQL advises. More than a month of a large site is of little use.
const leastBuffersMb = 256;
const mostBuffersMb = 1_024;

/**
 * Written to postgresql.conf when the database is created; an operator may change them there.
 * Sized for a small machine that runs the collector as well.
 *
 * @param memoryBytes of the machine, or what a container may use of it
 */
export function initialSettings(memoryBytes: number): string[] {
  const quarterMb = Math.floor(memoryBytes / 4 / mebibyte);
  const buffersMb = Math.min(mostBuffersMb, Math.max(leastBuffersMb, quarterMb));
  return [`shared_buffers=${buffersMb}MB`, ...fixedSettings];
}

const fixedSettings = [
  'max_connections=50',
  'wal_compression=on',
  // After a checkpoint each page is logged as a whole once more, and its fsyncs stand in the way of commits: a busy hour
  // should have four, not one a minute. Costs disk, and some seconds of recovery after a crash.
  'max_wal_size=2GB',
  'checkpoint_timeout=15min',
  'timezone=UTC',
  'log_timezone=UTC',
  'log_checkpoints=off',
  // The details of a failed statement hold visitors' data, and its text can hold passwords: neither is logged.
  'log_error_verbosity=terse',
  'log_min_error_statement=panic',
];

/** Given on the command line at each start: what an acknowledged event relies on cannot be configured away. */
export function enforcedSettings({ port }: { port: number }): string[] {
  return [
    `port=${port}`,
    'listen_addresses=127.0.0.1',
    // The path of a socket is limited to 107 bytes, which a deep checkout exceeds.
    'unix_socket_directories=',
    'fsync=on',
    'full_page_writes=on',
    'synchronous_commit=on',
    // The server writes to stderr, which is the log file that the collector bounds.
    'logging_collector=off',
    'log_destination=stderr',
  ];
}
