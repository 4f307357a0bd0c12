/** What processes have used, as Linux tells it under /proc. */
import { readFileSync, readdirSync } from 'node:fs';

/** Clock ticks a second, the same on every Linux that Node runs on. */
const TICKS = 100;
const PAGE_BYTES = 4096;

/**
 * CPU seconds and resident bytes of a process and all below it. Shared pages count for each process, so the memory of a
 * PostgreSQL is less than this says.
 * @param {number} pid
 */
export function usageOfTree(pid) {
  const all = readAll();
  const usage = { cpuSeconds: 0, residentBytes: 0 };
  const open = [pid];
  while (open.length > 0) {
    const current = open.pop();
    const found = all.get(current);
    if (!found) continue;
    usage.cpuSeconds += found.cpuSeconds;
    usage.residentBytes += found.residentBytes;
    for (const [child, { parent }] of all) if (parent === current) open.push(child);
  }
  return usage;
}

/** @param {number} pid of one process alone */
export function usageOf(pid) {
  return readStat(pid) ?? { parent: 0, cpuSeconds: 0, residentBytes: 0 };
}

/** CPU seconds that the whole machine has worked since it was started. */
export function machineCpuSeconds() {
  const [, user, nice, system, , , irq, softIrq] = readFileSync('/proc/stat', 'utf8')
    .split('\n', 1)[0]
    .split(/\s+/)
    .map(Number);
  return (user + nice + system + irq + softIrq) / TICKS;
}

function readAll() {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return new Map(pids.map((name) => [Number(name), readStat(Number(name))]).filter(([, stat]) => stat));
}

function readStat(pid) {
  let text;
  try {
    text = readFileSync(`/proc/${pid}/stat`, 'latin1');
  } catch {
    return undefined;
  }
  // The name, which may hold anything, stands in parentheses before the rest (proc(5)).
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const [user, system, reapedUser, reapedSystem] = fields.slice(11, 15).map(Number);
  return {
    parent: Number(fields[1]),
    cpuSeconds: (user + system + reapedUser + reapedSystem) / TICKS,
    residentBytes: Number(fields[21]) * PAGE_BYTES,
  };
}
