import type { Sandbox } from '../../ports/sandbox.ts'

/** Files that only speak of a product, or look after the repository. */
const words =
  /^(?:\.github|\.missions|docs?)\/|(?:^|\/)(?:readme|licen[cs]e|copying|notice|contributing|changelog|code_of_conduct|security|authors|agents|claude|codeowners)(?:\.[\w-]+)?$|\.(?:md|markdown|rst|adoc|txt|png|jpe?g|gif|svg|pdf)$|(?:^|\/)\.(?:gitignore|gitattributes|gitkeep|keep|editorconfig|mailmap)$/i
/** Names that look like words and are not. */
const not_words = /(?:^|\/)(?:requirements[\w.-]*|CMakeLists)\.txt$/

/** Whether a tree holds nothing yet that could be installed, tested or started. */
export async function isEmpty(sandbox: Sandbox, signal: AbortSignal): Promise<boolean> {
  // Any one file that is not words decides, so the first few thousand are enough.
  const found = await sandbox.exec(
    { argv: ['bash', '-c', "find . -path ./.git -prune -o '(' -type f -o -type l ')' -printf '%P\\n' | head -n 5000"], timeout_ms: 60_000, output_limit_bytes: 1_000_000 },
    signal,
  )
  return found.stdout
    .split('\n')
    .filter((path) => path !== '' && !path.startsWith('[…'))
    .every((path) => words.test(path) && !not_words.test(path))
}
