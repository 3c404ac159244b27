//! Waits in a started sandbox for a function, and becomes it. Speaks the protocol of docs/internals/sandboxes.md; the
//! program, which is named as the entry, answers for its loading itself.
use longshore_function::channel::Channel;
use serde_json::Value;
use std::os::unix::process::CommandExt;
use std::process::Command;

extern "C" {
    fn setrlimit(resource: i32, limits: *const [u64; 2]) -> i32;
    fn getpid() -> i32;
}

const RLIMIT_STACK: i32 = 3;
/// Handlers and deep values recurse. What is not used takes no memory.
const STACK_BYTES: u64 = 64 << 20;

fn main() {
    // After each answer the function kills every process it sees: never outside a process namespace of its own.
    if unsafe { getpid() } != 1 {
        eprintln!("this program runs as the first process of a sandbox only");
        std::process::exit(1);
    }
    let mut channel = Channel::open();
    channel.greet();
    let message = match channel.receive() {
        Some(message) => message,
        None => return,
    };
    let failed = become_function(&message["n"], &message["load"]);
    let error = serde_json::json!({ "code": "INITIALIZATION_ERROR", "message": failed, "fatal": true });
    channel.answer(message["n"].as_str().unwrap_or_default(), format!("\"e\":{}", error).as_bytes());
}

/// Returns only when it fails, with the reason.
fn become_function(nonce: &Value, order: &Value) -> String {
    unsafe { setrlimit(RLIMIT_STACK, &[STACK_BYTES, STACK_BYTES]) };
    let variables = order["environment"].as_object().into_iter().flatten();
    let error = Command::new(order["entry"].as_str().unwrap_or_default())
        .arg0("launcher")
        .arg(nonce.as_str().unwrap_or_default())
        .arg(order["maxResultBytes"].to_string())
        .envs(variables.filter_map(|(name, value)| Some((name, value.as_str()?))))
        .exec();
    format!("the program could not be started: {}", error)
}
