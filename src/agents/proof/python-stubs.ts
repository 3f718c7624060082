/**
 * Run with python3 in the tree: reads {mode, files: {path: lines}} and takes out the bodies of the functions that hold those
 * lines. Prints how many it took out. A function that is new as a whole goes as a whole, else the innermost.
 */
export const pythonStubs = `
import ast, json, sys
job = json.load(sys.stdin)
count = 0
for path, lines in job["files"].items():
    text = open(path, encoding="utf-8").read()
    added = set(lines)
    rows = text.split("\\n")
    found = []
    def visit(node):
        mine = []
        for child in ast.iter_child_nodes(node):
            mine += visit(child)
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            return mine
        own = range(node.lineno, node.end_lineno + 1)
        if not any(n in added for n in own):
            return mine
        if mine and not all(n in added for n in own if rows[n - 1].strip()):
            return mine
        return [] if node.name == "__init__" else [node]
    try:
        found = visit(ast.parse(text))
    except SyntaxError:
        continue
    for node in sorted(found, key=lambda n: -n.lineno):
        first, last = node.body[0], node.body[-1]
        gives = any(isinstance(n, (ast.Yield, ast.YieldFrom)) for n in ast.walk(node))
        word = 'raise RuntimeError("taken out")' if job["mode"] == "throws" else "return"
        if gives:
            word += "; yield"
        rows[first.lineno - 1 : last.end_lineno] = [rows[first.lineno - 1][: first.col_offset] + word]
        count += 1
    open(path, "w", encoding="utf-8").write("\\n".join(rows))
print(count)
`
