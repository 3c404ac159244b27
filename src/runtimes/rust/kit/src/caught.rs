//! Where a panic of the function was, in its author's source.
use serde_json::{json, Value};
use std::any::Any;
use std::cell::RefCell;
use std::panic;
use std::thread::ThreadId;

pub struct Panic {
    pub message: String,
    /// For the answer: file, line, column and stack_trace, where they are known.
    pub position: Value,
}

thread_local! {
    static POSITION: RefCell<Value> = RefCell::new(Value::Null);
}

/// Notes panics of this thread. Those of others are written to standard error, as always.
pub fn watch() {
    let usual = panic::take_hook();
    let own: ThreadId = std::thread::current().id();
    panic::set_hook(Box::new(move |info| {
        if std::thread::current().id() != own {
            return usual(info);
        }
        let position = match info.location() {
            // Absolute is what is not the author's: the standard library and the crates.
            Some(at) if !at.file().starts_with('/') => json!({
                "file": at.file(),
                "line": at.line(),
                "column": at.column(),
                "stack_trace": format!("panicked at {}:{}:{}", at.file(), at.line(), at.column()),
            }),
            _ => Value::Null,
        };
        let _ = POSITION.try_with(|noted| noted.replace(position));
    }));
}

/// What was noted of the last panic, with the message it carries.
pub fn take(payload: Box<dyn Any + Send>) -> Panic {
    let message = match (payload.downcast_ref::<&str>(), payload.downcast_ref::<String>()) {
        (Some(text), _) => text.to_string(),
        (_, Some(text)) => text.clone(),
        _ => "the function panicked with something that is no text".to_owned(),
    };
    // A payload may panic again where it is dropped.
    std::mem::forget(payload);
    let mut position = POSITION.with(|noted| noted.take());
    if let Some(Value::String(trace)) = position.get_mut("stack_trace") {
        trace.push_str(":\n");
        trace.push_str(crate::bounded(&message));
    }
    Panic { message: format!("panicked: {}", message), position }
}
