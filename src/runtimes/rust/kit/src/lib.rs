//! What a function in Rust is linked with: it takes calls from the channel and answers them, as
//! docs/internals/sandboxes.md says. Between calls it waits in a blocking read.
mod caught;
pub mod channel;
mod left_behind;

use channel::Channel;
use serde_json::Value;
use std::io::Write;

/// What a function's source may use without naming where it is from.
pub mod in_scope {
    pub use serde_json::{json, Value};
}

pub type Handler = fn(Value, Value) -> Result<Value, String>;

/// The server measures it again; here it keeps what writes the result from recursing without end.
const MOST_LEVELS: usize = 512;

/// An answer as it is sent: `"r":…` or `"e":…`.
type Answer = Vec<u8>;

/// Runs until the server closes the channel. The launcher gave it the nonce that answers for the loading, and the
/// largest result in bytes.
pub fn serve(handler: Handler) -> i32 {
    let mut arguments = std::env::args().skip(1);
    let nonce = arguments.next().unwrap_or_default();
    let most_bytes = arguments.next().and_then(|bytes| bytes.parse().ok()).unwrap_or(0);
    left_behind::keep_channel_from_children();
    caught::watch();
    let mut channel = Channel::open();
    channel.answer(&nonce, b"\"r\":null");
    while let Some(mut message) = channel.receive() {
        let nonce = message["n"].as_str().unwrap_or_default().to_owned();
        let answer = call(handler, message["p"].take(), message["c"].take(), most_bytes);
        let _ = std::io::stdout().flush();
        left_behind::end();
        channel.answer(&nonce, &answer);
    }
    0
}

fn call(handler: Handler, params: Value, context: Value, most_bytes: usize) -> Answer {
    match std::panic::catch_unwind(|| handler(params, context)) {
        Ok(Ok(result)) => result_answer(result, most_bytes),
        Ok(Err(message)) => error_answer("RUNTIME_ERROR", &message, Value::Null),
        Err(payload) => {
            let panic = caught::take(payload);
            error_answer("RUNTIME_ERROR", &panic.message, panic.position)
        }
    }
}

fn result_answer(result: Value, most_bytes: usize) -> Answer {
    if is_deeper_than(&result, MOST_LEVELS) {
        // To drop it would recurse as deep.
        std::mem::forget(result);
        let message = format!("the result is nested more than {} levels deep", MOST_LEVELS);
        return error_answer("OUTPUT_LIMIT", &message, Value::Null);
    }
    let mut answer = b"\"r\":".to_vec();
    let head = answer.len();
    if let Err(error) = serde_json::to_writer(&mut answer, &result) {
        return error_answer("RUNTIME_ERROR", &format!("the result is no JSON: {}", error), Value::Null);
    }
    let size = answer.len() - head;
    if size > most_bytes {
        let message = format!("the result has {} bytes, allowed are {}", size, most_bytes);
        return error_answer("OUTPUT_LIMIT", &message, Value::Null);
    }
    answer
}

fn is_deeper_than(value: &Value, levels: usize) -> bool {
    match value {
        Value::Array(_) | Value::Object(_) if levels == 0 => true,
        Value::Array(items) => items.iter().any(|each| is_deeper_than(each, levels - 1)),
        Value::Object(members) => members.values().any(|each| is_deeper_than(each, levels - 1)),
        _ => false,
    }
}

/// `position`: an object with file, line, column and stack_trace, or null.
fn error_answer(code: &str, message: &str, position: Value) -> Answer {
    let mut error = match position {
        Value::Object(_) => position,
        _ => serde_json::json!({}),
    };
    error["code"] = code.into();
    error["message"] = bounded(message).into();
    format!("\"e\":{}", error).into_bytes()
}

fn bounded(message: &str) -> &str {
    const MOST_BYTES: usize = 4_096;
    let mut end = message.len().min(MOST_BYTES);
    while !message.is_char_boundary(end) {
        end -= 1;
    }
    &message[..end]
}
