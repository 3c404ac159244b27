//! What the function started and left running.
use crate::channel::CHANNEL;

extern "C" {
    fn kill(process: i32, signal: i32) -> i32;
    fn waitpid(process: i32, status: *mut i32, options: i32) -> i32;
    fn fcntl(descriptor: i32, command: i32, argument: i32) -> i32;
}

const EVERY_PROCESS: i32 = -1;
const SIGKILL: i32 = 9;
const F_SETFD: i32 = 2;
const FD_CLOEXEC: i32 = 1;

/// Ends every process of the sandbox but this one, and waits until they are gone.
pub fn end() {
    unsafe {
        if kill(EVERY_PROCESS, SIGKILL) != 0 {
            return;
        }
        while waitpid(EVERY_PROCESS, std::ptr::null_mut(), 0) > 0 {}
    }
}

pub fn keep_channel_from_children() {
    unsafe { fcntl(CHANNEL, F_SETFD, FD_CLOEXEC) };
}
