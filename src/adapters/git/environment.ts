import { isPath } from './access.ts'
import type { Access } from './access.ts'
import type { GitCall } from './command.ts'

/**
 * The whole environment of a git process. All its settings are here: no file of the machine, of the user or of a repository adds
 * one, and nothing in a working tree can name a program that git would start. The token travels here too, never in arguments or files.
 */
export function environment(call: GitCall): Record<string, string> {
  return {
    PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    HOME: '/nonexistent',
    LC_ALL: 'C',
    TZ: 'UTC',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_ATTR_NOSYSTEM: '1',
    GIT_TERMINAL_PROMPT: '0',
    GIT_ASKPASS: '/bin/false',
    GIT_NO_REPLACE_OBJECTS: '1',
    GIT_LITERAL_PATHSPECS: '1',
    GIT_OPTIONAL_LOCKS: '0',
    ...(call.index === undefined ? {} : { GIT_INDEX_FILE: call.index }),
    ...settings([...fixed, ...reach(call.access)]),
    ...call.env,
  }
}

const fixed: readonly (readonly [string, string])[] = [
  ['core.hooksPath', '/dev/null'],
  ['core.fsmonitor', 'false'],
  ['core.untrackedCache', 'false'],
  ['core.attributesFile', '/dev/null'],
  ['core.excludesFile', '/dev/null'],
  ['core.autocrlf', 'false'],
  ['core.safecrlf', 'false'],
  ['core.fileMode', 'true'],
  ['core.symlinks', 'true'],
  ['core.ignoreCase', 'false'],
  ['core.quotePath', 'false'],
  ['core.filesRefLockTimeout', '4000'],
  ['core.packedRefsTimeout', '4000'],
  ['core.logAllRefUpdates', 'false'],
  ['checkout.workers', '2'],
  ['credential.helper', ''],
  ['diff.ignoreSubmodules', 'all'],
  ['submodule.recurse', 'false'],
  ['fetch.recurseSubmodules', 'false'],
  ['push.recurseSubmodules', 'no'],
  ['gc.auto', '0'],
  ['gc.autoDetach', 'false'],
  ['maintenance.auto', 'false'],
  ['commit.gpgSign', 'false'],
  ['push.gpgSign', 'false'],
  ['init.defaultBranch', 'main'],
  ['transfer.bundleURI', 'false'],
  ['protocol.allow', 'never'],
]

/** A redirect could carry the header to another host: none is followed. */
function reach(access: Access | undefined): [string, string][] {
  if (access === undefined) return []
  if (isPath(access.url)) return [['protocol.file.allow', 'always']]
  const { protocol, origin } = new URL(access.url)
  const header: [string, string][] = access.authorization === '' ? [] : [[`http.${origin}/.extraHeader`, `Authorization: ${access.authorization}`]]
  return [[`protocol.${protocol.slice(0, -1)}.allow`, 'always'], ['http.followRedirects', 'false'], ['http.lowSpeedLimit', '1'], ['http.lowSpeedTime', '60'], ...header]
}

function settings(pairs: readonly (readonly [string, string])[]): Record<string, string> {
  const env: Record<string, string> = { GIT_CONFIG_COUNT: String(pairs.length) }
  for (const [position, [key, value]] of pairs.entries()) {
    env[`GIT_CONFIG_KEY_${position}`] = key
    env[`GIT_CONFIG_VALUE_${position}`] = value
  }
  return env
}
