# Runs the handler of the file that is named once: {"params": …} on standard input, the result on standard output.
import json
import runpy
import sys

handler = runpy.run_path(sys.argv[1])['handler']
json.dump(handler(json.load(sys.stdin)['params'], {}), sys.stdout)
