"""Runs inside the sandbox as its first process: loads a function's code and calls it.

Speaks the protocol of docs/internals/sandboxes.md on descriptor 3. Between invocations it waits in a blocking
read, so nothing of the function's own thread runs then.
"""

import _signal
import builtins
import os
import sys
import types
from binascii import a2b_base64 as b64decode
from itertools import islice

CHANNEL = 3
DIRECTORY = '/function'
MAX_MESSAGE = 4_096
MAX_STACK = 16_384
# CO_VARARGS of the module inspect.
TAKES_ANY = 0x04
# Where packages are that the function asks for.
packages = None


def json_codec():
    """`loads` of bytes and `dumps`, as of the module json, whose own import takes longer than all else at a start: it
    brings regular expressions with it. What does its work is in C, and needs none.
    """
    try:
        from _json import encode_basestring_ascii, make_encoder, make_scanner

        def refuse(value):
            raise TypeError(f'Object of type {type(value).__name__} is not JSON serializable')

        def dumps(value):
            return ''.join(make_encoder({}, refuse, encode_basestring_ascii, None, ':', ',', False, False, False)(value, 0))

        scan = make_scanner(
            types.SimpleNamespace(
                strict=True, object_hook=None, object_pairs_hook=None, parse_float=float, parse_int=int, parse_constant=float
            )
        )

        def loads(body):
            return scan(body.decode(), 0)[0]

        # Another Python may do without them, or call them otherwise.
        if loads(dumps({'a': [1.5, None]}).encode()) == {'a': [1.5, None]}:
            return loads, dumps
    except (ImportError, TypeError, AttributeError):
        pass
    import json

    return json.loads, json.JSONEncoder(allow_nan=False, separators=(',', ':')).encode


class Channel:
    """Frames of four bytes of length and JSON."""

    def __init__(self, read, write, loads):
        self._read, self._write, self._loads = read, write, loads
        self._received = b''

    def receive(self):
        received = self._received
        while len(received) < 4:
            received += self._more()
        size = int.from_bytes(received[:4], 'big') + 4
        if len(received) < size:
            parts, length = [received], len(received)
            while length < size:
                part = self._more()
                parts.append(part)
                length += len(part)
            received = b''.join(parts)
        self._received = received[size:]
        return self._loads(received[4:size])

    def _more(self):
        part = self._read(CHANNEL, 65_536)
        if not part:
            os._exit(0)
        return part

    def send(self, text):
        body = text.encode()
        frame = memoryview(len(body).to_bytes(4, 'big') + body)
        while frame:
            frame = frame[self._write(CHANNEL, frame) :]


class LoadError(Exception):
    pass


def bounded(text, size):
    return text if len(text) <= size else text[:size] + '…'


def position_of(error):
    """File, line and column of the user's source, counted from 1."""
    if isinstance(error, SyntaxError) and (error.filename or '').startswith(DIRECTORY):
        return inside(error.filename), error.lineno, error.offset
    found = (None, None, None)
    step = error.__traceback__
    while step is not None:
        code = step.tb_frame.f_code
        if code.co_filename.startswith(DIRECTORY + '/'):
            found = (inside(code.co_filename), step.tb_lineno, column_of(code, step.tb_lasti))
        step = step.tb_next
    return found


def inside(filename):
    return filename[len(DIRECTORY) + 1 :]


def column_of(code, instruction):
    try:
        column = next(islice(code.co_positions(), instruction // 2, None))[2]
    except (AttributeError, StopIteration):
        return None
    return None if column is None else column + 1


def without_packages(text):
    """Where they lie is nobody's business: files there can be read by their names."""
    return text.replace(packages + '/', '') if packages else text


def describe(error):
    try:
        import traceback  # takes longer than starting Python does

        name = type(error).__name__
        file, line, column = position_of(error)
        message = without_packages(str(error.msg if isinstance(error, SyntaxError) else error))
        own = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename.startswith(DIRECTORY)]
        trace = ['Traceback (most recent call last):\n'] if own else []
        trace += traceback.format_list(own) + traceback.format_exception_only(type(error), error)
        return {
            'message': bounded(f'{name}: {message}' if message else name, MAX_MESSAGE),
            'file': file,
            'line': line,
            'column': column,
            'stack_trace': bounded(without_packages(''.join(trace)).replace(DIRECTORY + '/', '').rstrip(), MAX_STACK),
        }
    except BaseException:
        return {'message': 'something was raised that cannot be described'}


def load(order):
    global packages
    os.environ.update(order['environment'])
    for name, content in order['files'].items():
        path = os.path.join(DIRECTORY, name)
        if '/' in name:
            os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, 'wb') as file:
            file.write(b64decode(content) if name in order.get('base64', ()) else content.encode())
    packages = order.get('dependencies')
    if packages:
        sys.path.append(packages)
    entry = order['entry']
    path = os.path.join(DIRECTORY, entry)
    source = order['files'][entry]
    code = compile(source, path, 'exec', dont_inherit=True)
    stored = set(code.co_names)
    if not stored & {'handler', 'handle'} and 'result' in stored:
        return script_handler(code)
    module = types.ModuleType(os.path.splitext(entry)[0].replace('/', '.'))
    module.__file__ = path
    sys.modules[module.__name__] = module
    exec(code, module.__dict__)
    for name in ('handler', 'handle'):
        found = getattr(module, name, None)
        if callable(found):
            return called_with_as_many_as_it_takes(found)
    raise LoadError(f'{entry} has no handler: write "def handler(params, context):"')


def rehearse():
    """What loading does, with nothing of a function: what is slow the first time is done while nobody waits."""
    path = os.path.join(DIRECTORY, 'rehearsal.py')
    with open(path, 'wb') as file:
        file.write(b'')
    os.unlink(path)
    exec(compile('def handler(params, context): return params', path, 'exec'), types.ModuleType('rehearsal').__dict__)
    # Most functions import it, and what it imports.
    import json

    json.loads(b'{"load":{"files":{},"entry":1.5}}')


def script_handler(code):
    """`result = …`: the whole source runs at each invocation, with fresh globals."""

    def handler(params, context):
        names = {
            '__name__': 'function',
            '__builtins__': builtins,
            'params': params,
            'context': context,
            'event': {'params': params, 'context': context},
        }
        exec(code, names)
        return names.get('result')

    return handler


def called_with_as_many_as_it_takes(function):
    code = getattr(function, '__code__', None)
    if code is None or code.co_flags & TAKES_ANY or code.co_argcount >= 2:
        return function
    return (lambda params, context: function(params)) if code.co_argcount == 1 else (lambda params, context: function())


def run_to_end(coroutine):
    import asyncio

    return asyncio.run(coroutine)


def end_what_was_left(kill=os.kill, waitpid=os.waitpid, sigkill=_signal.SIGKILL, nohang=os.WNOHANG):
    """Processes that the function started and left behind."""
    try:
        kill(-1, sigkill)
    except ProcessLookupError:
        return
    try:
        while waitpid(-1, 0)[0]:
            pass
    except ChildProcessError:
        pass


def serve(loads, dumps):
    channel = Channel(os.read, os.write, loads)
    out, err = sys.stdout, sys.stderr
    handler = None
    max_result = 0

    def answer(nonce, body):
        for stream in (out, err):
            try:
                stream.flush()
            except Exception:
                pass
        end_what_was_left()
        channel.send('{"n":"' + nonce + '",' + body + '}')

    def answer_error(nonce, code, described):
        answer(nonce, '"e":' + dumps({'code': code, **described}))

    def invoke(nonce, params, context):
        result = handler(params, context)
        if isinstance(result, types.CoroutineType):
            result = run_to_end(result)
        try:
            text = dumps(result)
        except (TypeError, ValueError, RecursionError) as error:
            described = {**describe(error), 'message': f'the result is no JSON: {error}'}
            return answer_error(nonce, 'RUNTIME_ERROR', described)
        if len(text) > max_result:
            message = f'the result has {len(text)} bytes, allowed are {max_result}'
            return answer_error(nonce, 'OUTPUT_LIMIT', {'message': message})
        return answer(nonce, '"r":' + text)

    channel.send('{"ready":true}')
    while True:
        message = channel.receive()
        if 'rehearse' in message:
            rehearse()
            continue
        nonce = message['n']
        order = message.get('load')
        try:
            if order is None:
                invoke(nonce, message['p'], message['c'])
            else:
                max_result = order['maxResultBytes']
                handler = load(order)
                answer(nonce, '"r":null')
        except LoadError as error:
            answer_error(nonce, 'INITIALIZATION_ERROR', {'message': str(error)})
        except MemoryError as error:
            answer_error(nonce, 'OUT_OF_MEMORY', describe(error))
        except BaseException as error:
            answer_error(nonce, 'RUNTIME_ERROR' if order is None else 'INITIALIZATION_ERROR', describe(error))


# After each answer it kills every process it sees: never outside a process namespace of its own.
if os.getpid() != 1:
    sys.exit('this program runs as the first process of a sandbox only')
sys.stdout.reconfigure(line_buffering=True)
sys.stderr.reconfigure(line_buffering=True)
sys.path.insert(0, DIRECTORY)
os.set_inheritable(CHANNEL, False)
# Ctrl-C has no meaning here; as the first process, what has no handler is ignored anyway.
_signal.signal(_signal.SIGINT, _signal.SIG_DFL)
serve(*json_codec())
