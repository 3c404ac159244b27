from collections import Counter


def handler(params, context):
    text = params['text']
    operation = params['operation']
    if operation == 'count':
        return {'characters': len(text), 'words': len(text.split()), 'lines': len(text.splitlines())}
    if operation == 'words':
        return {'frequencies': dict(Counter(text.lower().split()))}
    if operation == 'reverse':
        return {'text': text[::-1]}
    return {'text': text.upper() if operation == 'upper' else text.lower()}
