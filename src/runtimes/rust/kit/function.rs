// The crate that a function is compiled as. Its own file is included, not changed, so its lines and columns are its
// author's. The names come by `*`, so that a `use` of the author's takes their place.
#![no_main]
#[allow(unused_imports)]
use longshore_function::in_scope::*;
include!(env!("LONGSHORE_ENTRY"));
mod __longshore {
    #[no_mangle]
    pub extern "C" fn main(_count: i32, _arguments: *const *const u8) -> i32 {
        longshore_function::serve(super::handler)
    }
}
