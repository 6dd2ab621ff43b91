// What the kernel says of one event in several lines (linux/audit.h, types 1300 to 1399 and those of AVC and
// anomalies). Everything else, from user space or of other senders, is one line.
const PARTS: ReadonlySet<string> = new Set([
  'ANOM_ABEND',
  'ANOM_LINK',
  'ANOM_PROMISCUOUS',
  'AVC',
  'BPF',
  'BPRM_FCAPS',
  'CAPSET',
  'CONFIG_CHANGE',
  'CWD',
  'EOE',
  'EVENT_LISTENER',
  'EXECVE',
  'FANOTIFY',
  'FD_PAIR',
  'FEATURE_CHANGE',
  'IPC',
  'IPC_SET_PERM',
  'KERNEL_OTHER',
  'KERN_MODULE',
  'MMAP',
  'MQ_GETSETATTR',
  'MQ_NOTIFY',
  'MQ_OPEN',
  'MQ_SENDRECV',
  'NETFILTER_CFG',
  'NETFILTER_PKT',
  'OBJ_PID',
  'OPENAT2',
  'PATH',
  'PROCTITLE',
  'SECCOMP',
  'SOCKADDR',
  'SOCKETCALL',
  'SYSCALL',
  'TTY',
  'URINGOP',
]);

/** True for a line that others of the same event may follow. */
export function isPartType(type: string): boolean {
  return PARTS.has(type);
}

/** True for the line behind which no other of its event comes: EOE is left out by today's auditd. */
export function isLastPart(type: string): boolean {
  return type === 'PROCTITLE' || type === 'EOE';
}
