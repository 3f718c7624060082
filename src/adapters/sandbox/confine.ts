import { existsSync, lstatSync, readdirSync, readlinkSync, realpathSync } from 'node:fs'
import { delimiter, dirname } from 'node:path'

import type { Situation } from './inside/protocol.ts'
import type { Installed } from './installed.ts'
import type { SandboxLimits, SandboxOptions } from './options.ts'
import { quoted } from './inside/shell.ts'

const WORK_BYTES = 10 * 1024 ** 3

export interface Confinement {
  run: string
  workdir: string
  writable: boolean
  /** Host directory that is /base. */
  base?: string
  /** Host directory that is HOME. */
  home?: string
  env: Record<string, string>
  /** Socket file of the proxy that is the only way out, and files that its clients find in their home. */
  egress?: { socket: string; port: number; files: [host: string, inside: string][] }
  /** `own` is a private network with loopback only; `shared` is that of the process that starts it. */
  network: 'own' | 'shared'
}

/** A shell script that becomes bubblewrap with a supervisor inside; questions on its stdin, answers on its stdout. */
export function confine(options: SandboxOptions, installed: Installed, confinement: Confinement): string {
  const words = [
    'bwrap',
    ...namespaces(confinement),
    ...system(),
    ...writable(options.limits, confinement),
    ...wayOut(confinement),
    ...installed.binds.flatMap(([host, inside]) => ['--ro-bind', host, inside]),
    // Both are unbounded memory otherwise.
    ...flags('--remount-ro /dev --remount-ro /'),
    ...environment(installed, confinement),
    ...flags('--chdir /work --as-pid-1 --'),
    ...supervised(options, installed, confinement),
  ]
  return `exec ${quoted(words)} 10<<'PASSWD' 11<<'GROUP' 12<<'HOSTS' 13<<'NSS'
agent:x:1000:1000:agent:/tmp/home:/bin/bash
nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin
PASSWD
agent:x:1000:
nogroup:x:65534:
GROUP
127.0.0.1 localhost
::1 localhost
HOSTS
passwd: files
group: files
hosts: files
NSS`
}

function flags(line: string): string[] {
  return line.split(' ')
}

function namespaces({ network }: Confinement): string[] {
  return [
    ...flags('--unshare-user --unshare-ipc --unshare-pid --unshare-uts --unshare-cgroup-try'),
    ...(network === 'own' ? ['--unshare-net'] : []),
    ...flags('--disable-userns --uid 1000 --gid 1000 --hostname sandbox'),
    ...flags('--cap-drop ALL --die-with-parent --new-session --clearenv'),
  ]
}

function system(): string[] {
  const links = ['bin', 'sbin', 'lib', 'lib32', 'lib64', 'libx32'].flatMap((name) => {
    const stat = lstatSync(`/${name}`, { throwIfNoEntry: false })
    if (stat === undefined) return []
    return stat.isSymbolicLink() ? ['--symlink', readlinkSync(`/${name}`), `/${name}`] : ['--ro-bind', `/${name}`, `/${name}`]
  })
  // Named one by one: beside them in /etc lie private keys, registry credentials and resolv.conf.
  const settings = ['ssl/certs', 'ssl/openssl.cnf', 'pki/tls/certs', 'pki/ca-trust', 'ld.so.cache', 'ld.so.conf', 'ld.so.conf.d']
    .concat(ofJava())
    .concat(['alternatives', 'chromium.d', 'fonts', 'localtime', 'mime.types', 'services', 'protocols', 'debian_version', 'os-release'])
    .map((name) => `/etc/${name}`)
    .filter((path) => existsSync(path))
    .flatMap((path) => ['--ro-bind', path, path])
  const made = ['passwd', 'group', 'hosts', 'nsswitch.conf'].flatMap((name, index) => ['--ro-bind-data', String(10 + index), `/etc/${name}`])
  return ['--ro-bind', '/usr', '/usr', ...links, ...settings, ...made, '--proc', '/proc', ...hiddenKernel(), '--dev', '/dev']
}

/** Without these no Debian Java finds its algorithms, and no Maven begins. Not Maven's settings.xml nor what opens a JVM to others: passwords stand there. */
function ofJava(): string[] {
  const homes = readdirSync('/etc').filter((name) => /^java-\d+-openjdk$/.test(name))
  const own = homes.flatMap((home) => readdirSync(`/etc/${home}`).flatMap((name) => (name === 'management' ? [] : [`${home}/${name}`])))
  return [...own, 'maven/m2.conf', 'maven/logging']
}

/**
 * Started by root, the user inside is still root to files of the kernel, without any capability: without this,
 * `echo > /proc/sys/kernel/core_pattern` runs a program on the host. bubblewrap's own cover misses it.
 */
function hiddenKernel(): string[] {
  const files = ['kcore', 'kmsg', 'mtrr', 'sysrq-trigger', 'timer_list', 'slabinfo', 'vmallocinfo', 'pagetypeinfo', 'kpagecount', 'kpageflags', 'kpagecgroup', 'keys']
  const present = files.map((name) => `/proc/${name}`).filter((path) => existsSync(path))
  return ['--ro-bind', '/proc/sys', '/proc/sys', ...present.flatMap((path) => ['--ro-bind', '/dev/null', path])]
}

/** Where the socket of the proxy is seen inside. */
export const EGRESS_SOCKET = '/opt/missions/egress.sock'

function wayOut({ egress }: Confinement): string[] {
  if (egress === undefined) return []
  return ['--bind', egress.socket, EGRESS_SOCKET, ...egress.files.flatMap(([host, inside]) => ['--ro-bind', host, inside])]
}

function writable(limits: SandboxLimits, { workdir, writable, base, home }: Confinement): string[] {
  const size = limits.memory_bytes
  const memory = flags(`--size ${size} --tmpfs /tmp --dir /tmp/home --size ${size} --tmpfs /dev/shm`)
  const lasting = home === undefined ? [] : ['--bind', realpathSync(home), '/tmp/home']
  const before = base === undefined ? [] : ['--ro-bind', realpathSync(base), '/base']
  return [...memory, ...lasting, writable ? '--bind' : '--ro-bind', realpathSync(workdir), '/work', ...before]
}

function environment({ node }: Installed, { env }: Confinement): string[] {
  const path = [dirname(node.inside), '/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin']
  const all = { PATH: [...new Set(path)].join(delimiter), HOME: '/tmp/home', TMPDIR: '/tmp', USER: 'agent', LANG: 'C.UTF-8', ...env }
  return Object.entries(all).flatMap(([name, value]) => ['--setenv', name, value])
}

/**
 * bash is the namespace's first process: the kernel shields it from every signal from inside, it reaps orphans, and it
 * starts another supervisor when an agent's `kill -9 -1` took the last one; one that ends by itself stays ended.
 */
function supervised(options: SandboxOptions, installed: Installed, { run, writable, home, egress }: Confinement): string[] {
  const { limits } = options
  const situation: Situation = {
    work: '/work',
    contained: true,
    mark: run,
    ...(home === undefined ? {} : { home: '/tmp/home' }),
    ...(egress === undefined ? {} : { egress: { socket: EGRESS_SOCKET, port: egress.port } }),
    limits: { memory_bytes: limits.memory_bytes, processes: limits.processes, ...(writable ? { work_bytes: limits.work_bytes ?? WORK_BYTES } : {}) },
    ...(installed.chromium === undefined ? {} : { chromium: installed.chromium }),
  }
  // What the app's own parent left open would be open in here as well.
  const shut = 'for fd in /proc/self/fd/*; do fd=${fd##*/}; (( fd > 2 )) && eval "exec $fd>&-"; done'
  // Memory can run out faster than anyone looks; then the kernel takes one of these and not the app.
  const first_to_go = 'echo 500 > /proc/self/oom_score_adj'
  const loop = `${shut}; ${first_to_go}; ${ulimits(limits, 'contained')}; for epoch in {1..20}; do "$@" "$epoch"; (( $? >= 128 )) || break; done`
  return ['bash', '--norc', '-c', loop, `missions:${run}`, installed.node.inside, installed.supervisor.inside, JSON.stringify(situation)]
}

export function ulimits(limits: SandboxLimits, kind: 'contained' | 'host'): string {
  const kib = (bytes: number) => Math.max(1, Math.floor(bytes / 1024))
  return [
    'ulimit -c 0',
    `ulimit -f ${kib(limits.file_bytes)}`,
    // A browser's renderer asks for far more than it touches; what is touched is the supervisor's to watch.
    `ulimit -d ${kib(Math.max(4 * limits.memory_bytes, 12 * 1024 ** 3))}`,
    ...(limits.cpu_s === undefined ? [] : [`ulimit -t ${limits.cpu_s}`]),
    // The kernel counts threads, and on a host all that the user runs.
    ...(kind === 'contained' ? [`ulimit -u ${limits.processes * 8}`] : []),
  ]
    .map((limit) => `${limit} 2>/dev/null`)
    .join('; ')
}
