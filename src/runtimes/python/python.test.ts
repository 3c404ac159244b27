import { runtimeConformance } from '../conformance.ts';
import { pythonRuntime } from './runtime.ts';

runtimeConformance(pythonRuntime(), {
  echo: {
    'a function': 'def handler(params, context):\n    return {"params": params, "context": context}\n',
    'a coroutine': 'async def handler(params, context):\n    return {"params": params, "context": context}\n',
    handle: 'def handle(params, context=None):\n    return {"params": params, "context": context}\n',
    'a script': 'result = {"params": event["params"], "context": context}\n',
  },
  counter: 'count = 0\ndef handler(params, context):\n    global count\n    count += 1\n    return count\n',
  boom: {
    source: 'def handler(params, context): inner()\ndef inner():\n    raise ValueError("boom")\n',
    column: 5,
    frame: /File "main\.py", line 3, in inner\n\s+raise ValueError\("boom"\)\nValueError: boom$/,
  },
  syntaxError: { source: 'def handler(params, context):\n    return 1 +\n', message: 'SyntaxError' },
  loadError: 'def handler(params, context): pass\nundefined_function()\n',
  noHandler: 'answer = 42\n',
  noJson: 'def handler(params, context): return {1, 2}\n',
  prints:
    'import sys\ndef handler(params, context):\n    print("to stdout")\n    print("to stderr", file=sys.stderr)\n',
  loop: 'def handler(params, context):\n    while True: pass\n',
  exits: 'import os\ndef handler(params, context): os._exit(3)\n',
  environment: 'import os\ndef handler(params, context): return os.environ.get("SECRET")\n',
  twoFiles: {
    'main.py': 'from lib.other import answer\ndef handler(params, context): return answer\n',
    'lib/other.py': 'answer = "from the other file"\n',
  },
  large: 'def handler(params, context): return "x" * params["size"]\n',
  deep: 'def handler(params, context):\n    found = []\n    for _ in range(params["depth"] - 1): found = [found]\n    return found\n',
  random: 'import random\ndef handler(params, context): return random.random()\n',
});
