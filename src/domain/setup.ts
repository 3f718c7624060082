/** Files that say what to fetch, wherever they lie in a tree. */
const manifests = [
  /^(package|package-lock|npm-shrinkwrap)\.json$/,
  /^(yarn\.lock|pnpm-lock\.yaml|pnpm-workspace\.yaml|\.npmrc|\.yarnrc(\.yml)?|\.pnpmfile\.c?js|binding\.gyp)$/,
  /^(.*requirements.*\.(txt|in)|constraints\.txt|pyproject\.toml|setup\.(py|cfg)|poetry\.lock|uv\.lock|Pipfile(\.lock)?|\.python-version)$/,
  /^(go\.(mod|sum|work|work\.sum)|Cargo\.(toml|lock)|rust-toolchain(\.toml)?)$/,
  /^(pom\.xml|.*\.gradle(\.kts)?|gradle\.lockfile|gradle\.properties)$/,
  /^(Gemfile(\.lock)?|.*\.gemspec|composer\.(json|lock)|.*\.(cs|fs|vb)proj|packages\.lock\.json|nuget\.config)$/i,
]

export function isManifest(path: string): boolean {
  const name = path.slice(path.lastIndexOf('/') + 1)
  return manifests.some((pattern) => pattern.test(name)) || /(^|\/)\.(cargo|mvn)\//.test(path)
}

/** What a set-up depends on: the manifests alone where it plainly does nothing but fetch, else every file of the tree. */
export function setUpInputs<F extends { path: string }>(install: string, files: readonly F[], text: Texts): { because: string | null; files: F[] } {
  const parts = install.split('&&').map((part) => part.trim().split(/\s+/))
  const paths = files.map((file) => file.path)
  const because = parts.map((words) => whyMore(words, paths, text)).find((why) => why !== null)
  if (because !== undefined) return { because, files: [...files] }
  const python = parts.some((words) => words.includes('-m'))
  return { because: null, files: files.filter(({ path }) => isManifest(path) || (python && mayShadow(path))) }
}

type Texts = (path: string) => string

/** Why a command may run or read more than manifests; null when it does not. */
function whyMore(words: readonly string[], paths: readonly string[], text: Texts): string | null {
  const line = words.join(' ')
  // A quote, a variable, a semicolon: then the shell has more to say than can be seen here.
  if (!words.every((word) => /^[\w@%+=:,./-]+$/.test(word))) return `"${line}" is more than plain words`
  const [program = '', verb = ''] = words
  const inTree = program.includes('/') && paths.some((path) => path.startsWith(`${program.replace(/^\.\//, '').split('/')[0]}/`))
  if (inTree) return `${program} lies in the repository`
  if (program === 'npm' && /^(ci|install|i)$/.test(verb)) return (words.includes('--ignore-scripts') ? null : ownScripts(paths, text)) ?? brought(paths, text)
  if (/^python3? -m venv /.test(line)) return null
  const pip = /^(?:[\w.-]+\/bin\/)?(?:pip3?|python3? -m pip) install /.exec(line)
  if (pip) return pipReads(line.slice(pip[0].length).split(' '), paths, text)
  if (line === 'go mod download' || /^cargo fetch( --locked)?$/.test(line)) return null
  if (program === 'mvn' && words.slice(1).every((word) => /^(-B|-q|--batch-mode|--no-transfer-progress|-ntp|dependency:go-offline|dependency:get|-Dartifact=[\w.-]+:[\w.-]+:[\w.-]+)$/.test(word)))
    return null
  return `"${line}" may run or read any file of the repository`
}

/** `python -m` looks for modules in the repository's root first, even for those of its own library. */
function mayShadow(path: string): boolean {
  return /^[^/]+\.(py|so)$/.test(path) || /^[^/]+\/__init__\.py$/.test(path)
}

/** npm runs these of the repository itself when it installs. */
function ownScripts(paths: readonly string[], text: Texts): string | null {
  for (const path of named(paths, 'package.json')) if (/"(pre|post)?(install|prepare)"\s*:|"prepublish"\s*:/.test(text(path))) return `${path} has scripts of its own for the install`
  return named(paths, 'binding.gyp').length > 0 ? 'binding.gyp compiles sources' : null
}

const harmless = /^\s*([#;]|$|(engine-strict|save-exact|fund|audit|legacy-peer-deps|package-lock|omit-lockfile-registry-resolved|ignore-scripts|(@[\w-]+:)?registry)\s*=)/

/** A dependency that lies in the repository, or a setting that names a file of it. */
function brought(paths: readonly string[], text: Texts): string | null {
  const near = named(paths, 'package.json').find((path) => /"(file|link|portal|patch):|"\.{0,2}\//.test(dependencies(text(path))))
  if (near !== undefined) return `${near} names a dependency within the repository`
  const set = named(paths, '.npmrc').find(
    (path) =>
      !text(path)
        .split('\n')
        .every((line) => harmless.test(line)),
  )
  return set === undefined ? null : `${set} has a setting that may name a file`
}

function dependencies(manifest: string): string {
  try {
    const read: unknown = JSON.parse(manifest)
    if (typeof read === 'object' && read !== null) return JSON.stringify(Object.entries(read).filter(([name]) => /dependencies$|^overrides$/i.test(name)))
  } catch {
    // Told below: what cannot be read may name anything.
  }
  return '"./"'
}

function pipReads(words: readonly string[], paths: readonly string[], text: Texts): string | null {
  for (const [i, word] of words.entries()) {
    const before = words[i - 1] ?? ''
    if (word === '-r' || word === '-c' || /^(-[qU]|--(quiet|no-input|disable-pip-version-check|require-hashes|no-cache-dir|break-system-packages))$/.test(word)) continue
    if (before !== '-r' && before !== '-c') {
      if (!isPackage(word)) return `${word} may be a part of the repository`
      continue
    }
    const path = word.replace(/^\.\//, '')
    if (!paths.includes(path) || !isManifest(path)) return `${path} is not known as a file of requirements`
    const odd = text(path)
      .split('\n')
      .find((line) => !plainRequirement(line))
    if (odd !== undefined) return `${path} names more than packages`
  }
  return null
}

function plainRequirement(line: string): boolean {
  const words = (line.split(/(?:^|\s)#/)[0] ?? '').split(/\s+/)
  return words.every((word) => word === '' || word === '\\' || /^--hash=\w+:\w+$/.test(word) || isPackage(word))
}

/** Never a path, and no archive: pip takes those from the folder it is in. */
function isPackage(word: string): boolean {
  return /^[\w[\],=<>!~*+;'"()][\w[\],=<>!~*+;'"().-]*$/.test(word) && !/\.(whl|zip|tar|tgz|gz|bz2|xz)$/i.test(word)
}

function named(paths: readonly string[], name: string): string[] {
  return paths.filter((path) => path === name || path.endsWith(`/${name}`))
}
