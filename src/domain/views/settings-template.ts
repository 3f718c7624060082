/** `.github/missions.yml` to begin with: everything in it is a comment, so it says nothing until somebody takes a mark away. */
export function settingsTemplate(): string {
  return `# How missions work in this repository. All of it is optional: what stands here binds every plan,
# what does not is found out from AGENTS.md, CONTRIBUTING and the package files, and shown for approval.

# Commands run in bash at the root of the repository. null: there is none.
# procedures:
#   install: npm ci              # the only command that reaches package registries
#   build: npm run build
#   test: npm test
#   lint: npm run lint
#   types: npm run typecheck
#   start: node server.js        # in the foreground
#   port: 3000
#   health: /health              # answers 2xx when the product is up
#   env:
#     PORT: "3000"
#   entry_points:                # commands that users run
#     - [node, bin/tool.js]

# What tests or product need running beside them.
# services:
#   db:
#     start: mkdir -p /tmp/db && redis-server --dir /tmp/db
#     health: redis-cli ping
#     port: 6379
#     stop: redis-cli shutdown

# What no mission may touch: a path, a folder (ending in a slash), a pattern, or a rule in words.
# boundaries:
#   - db/schema.sql
#   - legacy/
#   - "**/*.generated.ts"
#   - The answers of the public API keep their fields
`
}
