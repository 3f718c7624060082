import type { Sandbox } from '../ports/sandbox.ts'
import type { Outputs } from './outputs.ts'
import { outputsIn } from './outputs.ts'
import type { Tool } from './tool.ts'
import { bashTool } from './tools/bash.ts'
import { editTool } from './tools/edit.ts'
import { globTool } from './tools/glob.ts'
import { grepTool } from './tools/grep.ts'
import { readTool } from './tools/read.ts'
import { writeTool } from './tools/write.ts'

/** For reviewers and explorers: what is mounted is read-only, so bash may be run again. */
export function readOnlyTools(sandbox: Sandbox): Tool[] {
  const outputs = outputsIn(sandbox)
  return [bashTool(sandbox, outputs, 'none'), readTool(sandbox), globTool(sandbox, outputs), grepTool(sandbox, outputs)]
}

/** For workers. */
export function writingTools(sandbox: Sandbox, outputs: Outputs): Tool[] {
  return [bashTool(sandbox, outputs, 'some'), readTool(sandbox), writeTool(sandbox), editTool(sandbox), globTool(sandbox, outputs), grepTool(sandbox, outputs)]
}
