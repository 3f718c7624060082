import { diffLines } from '../git/diff.ts'
import type { DiffLine, FileDiff } from '../git/diff.ts'
import type { ReviewCommentRecord } from '../world.ts'
import { html } from './html.ts'
import type { Html } from './html.ts'
import { said } from './remarks.ts'
import type { RepositoryScene } from './scene.ts'

interface Placed {
  comment: ReviewCommentRecord
  position: number
}

/** Changed files one below the other, comments in their places. */
export function diffOf(scene: RepositoryScene, files: FileDiff[], comments: Placed[] = []): Html {
  const additions = files.reduce((sum, file) => sum + file.additions, 0)
  const deletions = files.reduce((sum, file) => sum + file.deletions, 0)
  return html`<p class="meta">${files.length} files changed <span class="plus">+${additions}</span> <span class="minus">−${deletions}</span></p>
    ${files.map((file) =>
      fileDiff(
        scene,
        file,
        comments.filter(({ comment }) => comment.path === file.filename),
      ),
    )}`
}

function fileDiff(scene: RepositoryScene, file: FileDiff, comments: Placed[]): Html {
  const name = file.previous_filename === null ? file.filename : `${file.previous_filename} → ${file.filename}`
  const onFile = comments.filter(({ comment }) => comment.subject_type === 'file')
  const onLines = comments.filter(({ comment }) => comment.subject_type === 'line')
  return html`<section class="diff" id="${file.filename}">
    <div class="name">
      <span class="mono">${name}</span>${file.status === 'modified' ? null : html`<span class="quiet">${file.status}</span>`}
      <span class="right"><span class="plus">+${file.additions}</span> <span class="minus">−${file.deletions}</span></span>
    </div>
    <table>
      ${onFile.map(({ comment }) => saidRow(scene, comment))}${
        file.patch === null
          ? html`<tr class="hunk">
              <td>no text to show</td>
            </tr>`
          : diffTable(file.patch, (line) => onLines.filter(({ position }) => position === line.position).map(({ comment }) => saidRow(scene, comment)))
      }
    </table>
  </section>`
}

function saidRow(scene: RepositoryScene, comment: ReviewCommentRecord): Html {
  return html`<tr class="said" id="r${comment.id}">
    <td colspan="4">${said(scene, comment)}</td>
  </tr>`
}

export function diffTable(patch: string, below: (line: DiffLine) => Html[] = () => []): Html[] {
  return diffLines(patch).map((line) => html`${row(line)}${below(line)}`)
}

function row(line: DiffLine): Html {
  if (line.kind === '@')
    return html`<tr class="hunk">
      <td colspan="4">${line.text}</td>
    </tr>`
  if (line.kind === '\\')
    return html`<tr class="hunk">
      <td colspan="4">no newline at the end</td>
    </tr>`
  const kind = line.kind === '+' ? 'add' : line.kind === '-' ? 'del' : 'same'
  return html`<tr class="${kind}">
    <td class="n">${line.old}</td>
    <td class="n">${line.new}</td>
    <td class="n sign">${line.kind}</td>
    <td>${line.text}</td>
  </tr>`
}
