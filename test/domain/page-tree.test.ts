import { expect, test } from 'vitest'
import { readAsOne } from '../../src/domain/page-tree.ts'

test('a row whose cells hold more than words is read as one line', () => {
  const tree = `- navigation [ref=e2]:
  - link "Books" [ref=e3] [cursor=pointer]:
    - /url: /
- heading "Books" [level=1] [ref=e6]
- table [ref=e7]:
  - rowgroup [ref=e8]:
    - row "Title Due" [ref=e9]:
      - columnheader "Title" [ref=e10]
      - columnheader "Due" [ref=e11]
    - row [ref=e12]:
      - cell "Dune" [ref=e13]
      - cell [ref=e14]:
        - strong [ref=e15]: "2025-03-22"
        - text: overdue, \\"very\\"
      - cell [ref=e16]:
        - button "Extend" [ref=e17]
- list [ref=e18]:
  - listitem [ref=e19]: one of Ann's
  - listitem [ref=e20]:
    - 'link "two: more" [ref=e21]':
      - /url: /two`
  expect(readAsOne(tree)).toEqual(['Title Due', 'Dune 2025-03-22 overdue, \\"very\\" Extend', 'two: more'])
  expect(readAsOne('')).toEqual([])
})
