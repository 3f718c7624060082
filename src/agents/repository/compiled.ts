import type { Candidate } from './candidate.ts'

// Build tools of compiled languages. What is suggested was run in the sandbox on small repositories: docs/environments.md says which.

export function all(source: string, commands: { install?: string; build?: string; test?: string; lint?: string }): Candidate[] {
  return (['install', 'build', 'test', 'lint'] as const).flatMap((kind) => (commands[kind] === undefined ? [] : [{ for: kind, is: commands[kind], source }]))
}

/** `go run` would end with exit 1 whatever the program ends with, and print a line of its own: so commands are built, beside the tree. */
export function goMod(text: string, path: string, paths: ReadonlySet<string>): Candidate[] {
  const mains = [...paths].filter((name) => /^(?:cmd\/[^/]+\/)?main\.go$/.test(name))
  const module = /^module\s+"?([^\s"]+)/m.exec(text)?.[1]?.replace(/\/v\d+$/, '')
  const build = mains.length > 0 ? 'go build -o /tmp/bin/ ./...' : 'go build ./...'
  return [
    ...all(path, { install: 'go mod download', build, test: 'go test ./...', lint: 'go vet ./...' }),
    ...mains.flatMap((name) => {
      const command = /^cmd\/([^/]+)\//.exec(name)?.[1] ?? module?.split('/').at(-1)
      return command === undefined ? [] : [{ for: 'entry_point' as const, is: `/tmp/bin/${command}`, source: name }]
    }),
  ]
}

export function cargo(text: string, path: string, paths: ReadonlySet<string>): Candidate[] {
  const nameIn = (section: string) => /^name\s*=\s*"([^"]+)"/m.exec(section)?.[1]
  const sections = text.split(/^(?=\[)/m)
  const named = sections.filter((section) => section.startsWith('[[bin]]')).flatMap((section) => nameIn(section) ?? [])
  const own = nameIn(sections.find((section) => section.startsWith('[package]')) ?? '')
  const main = paths.has('src/main.rs') && !/path\s*=\s*"src\/main\.rs"/.test(text) && own ? [own] : []
  const more = [...paths].flatMap((name) => /^src\/bin\/([\w-]+)(?:\.rs|\/main\.rs)$/.exec(name)?.[1] ?? [])
  const all_members = /^\[workspace\]/m.test(text) ? ' --workspace' : ''
  return [
    ...all(path, {
      install: paths.has('Cargo.lock') ? 'cargo fetch --locked' : 'cargo fetch',
      build: `cargo build --offline${all_members}`,
      test: `cargo test --offline${all_members}`,
      lint: `cargo clippy --offline${all_members} -- -D warnings`,
    }),
    ...[...new Set([...named, ...main, ...more])].map((name) => ({ for: 'entry_point' as const, is: `target/debug/${name}`, source: path })),
  ]
}

/** `dependency:go-offline` leaves out what surefire loads only when tests run; without it no test runs offline. */
export function maven(text: string, path: string, paths: ReadonlySet<string>): Candidate[] {
  const mvn = paths.has('mvnw') ? './mvnw' : 'mvn'
  const { kind, version } = surefireIn(text)
  const fetched = `${mvn} -B dependency:go-offline`
  const provider = (of: string) => `${mvn} -B dependency:get -Dartifact=org.apache.maven.surefire:surefire-${of}`
  const install = kind !== null && version !== null ? `${fetched} && ${provider(`${kind}:${version}`)}` : fetched
  return [
    ...all(path, { install, build: `${mvn} -B -o package -DskipTests`, test: `${mvn} -B -o test` }),
    ...(kind !== null && version === null
      ? [{ for: 'note' as const, is: `Tests run offline only once install has what surefire loads for them: ${provider(`${kind}:<version of maven-surefire-plugin>`)}`, source: path }]
      : []),
  ]
}

/** From what the file itself says; a parent may say more. */
function surefireIn(pom: string): { kind: string | null; version: string | null } {
  const own = /<artifactId>maven-surefire-plugin<\/artifactId>\s*<version>([^<]+)<\/version>/.exec(pom)?.[1]?.trim()
  const [, property] = /^\$\{([\w.-]+)\}$/.exec(own ?? '') ?? []
  const version = property === undefined ? own : new RegExp(`<${property.replaceAll('.', '\\.')}>([^<]+)</`).exec(pom)?.[1]?.trim()
  const kind = /junit-jupiter|junit-platform|spring-boot-starter-test/.test(pom) ? 'junit-platform' : /<artifactId>testng</.test(pom) ? 'testng' : /<artifactId>junit</.test(pom) ? 'junit4' : null
  return { kind, version: version !== undefined && /^[\w.-]+$/.test(version) ? version : null }
}

/** Gradle has no way to fetch alone: compiling the tests has all of it. A daemon would outlive its command. */
export function gradle(_: string, path: string, paths: ReadonlySet<string>): Candidate[] {
  const run = `${paths.has('gradlew') ? './gradlew' : 'gradle'} --no-daemon`
  return [
    ...all(path, { install: `${run} testClasses`, build: `${run} --offline assemble`, test: `${run} --offline test` }),
    ...(paths.has('gradlew')
      ? [
          {
            for: 'note' as const,
            is: 'The wrapper fetches Gradle itself from services.gradle.org, which an operator has to allow for install; an installed gradle needs no such way',
            source: 'gradlew',
          },
        ]
      : []),
  ]
}
