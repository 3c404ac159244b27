/** What the programs of attacks in Rust have in common: names of errors as the other languages have them. */

const SHARED = `
fn code(error: std::io::Error) -> Value {
    let names = [
        (1, "EPERM"), (2, "ENOENT"), (3, "ESRCH"), (9, "EBADF"), (11, "EAGAIN"), (13, "EACCES"), (18, "EXDEV"),
        (22, "EINVAL"), (24, "EMFILE"), (26, "ETXTBSY"), (27, "EFBIG"), (28, "ENOSPC"), (30, "EROFS"), (111, "ECONNREFUSED"),
    ];
    let number = error.raw_os_error().unwrap_or(0);
    names.iter().find(|(each, _)| *each == number).map_or(json!(number), |(_, name)| json!(name))
}
fn attempt<T>(outcome: std::io::Result<T>) -> Value {
    outcome.map_or_else(code, |_| json!("done"))
}
`;

/** A handler with this body, an expression of what it answers, which has `params`. `items` stand beside it. */
export const rustProgram = (body: string, items = ''): string =>
  `fn handler(params: Value, _: Value) -> Result<Value, String> {\n    let _ = &params;\n    Ok({ ${body} })\n}\n${items}\n${SHARED}`;
