"""Goes with functions that came by AWS Lambda's API: calls their handler as Lambda's Python does.

Which one is in _HANDLER, as `directory/file.function`.
"""

import importlib
import os
import time


class LambdaContext:
    def __init__(self, aws, timeout_ms):
        self._deadline_ms = aws.get('deadline_ms') or time.time() * 1000 + timeout_ms
        self.aws_request_id = aws.get('request_id')
        self.invoked_function_arn = aws.get('invoked_function_arn')
        self.function_name = os.environ['AWS_LAMBDA_FUNCTION_NAME']
        self.function_version = os.environ['AWS_LAMBDA_FUNCTION_VERSION']
        self.memory_limit_in_mb = os.environ['AWS_LAMBDA_FUNCTION_MEMORY_SIZE']
        self.log_group_name = os.environ['AWS_LAMBDA_LOG_GROUP_NAME']
        self.log_stream_name = os.environ['AWS_LAMBDA_LOG_STREAM_NAME']
        self.client_context = aws.get('client_context')
        self.identity = None

    def get_remaining_time_in_millis(self):
        return max(0, int(self._deadline_ms - time.time() * 1000))

    def log(self, message):
        print(message, end='')


def failure(kind, message):
    return type(f'Runtime.{kind}', (Exception,), {})(message)


def find_handler(name):
    file, _, member = name.rpartition('.')
    if not file:
        raise failure('MalformedHandlerName', f"'{name}' is not <file>.<function>")
    try:
        module = importlib.import_module(file.replace('/', '.'))
    except ImportError as error:
        raise failure('ImportModuleError', f"Unable to import module '{file}': {error}") from None
    found = getattr(module, member, None)
    if not callable(found):
        raise failure('HandlerNotFound', f"Handler '{member}' missing on module '{file}'")
    return found


call = find_handler(os.environ['_HANDLER'])


def handler(params, context):
    # What the Lambda API says of an invocation; others have none.
    aws = context.get('aws') or {}
    os.environ['AWS_LAMBDA_FUNCTION_VERSION'] = aws.get('function_version') or '$LATEST'
    return call(params, LambdaContext(aws, context.get('timeout_ms') or 30_000))
