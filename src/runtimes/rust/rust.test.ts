import { runtimeConformance } from '../conformance.ts';
import { rustRuntime } from './runtime.ts';

/** A handler with this body. */
const handler = (body: string, params = '_params', context = '_context') =>
  `fn handler(${params}: Value, ${context}: Value) -> Result<Value, String> {\n${body}\n}\n`;

runtimeConformance(rustRuntime(), {
  echo: {
    'a function': handler('    Ok(json!({ "params": params, "context": context }))', 'params', 'context'),
    'a public function beside a main':
      'use serde_json::{json, Value};\npub fn handler(params: Value, context: Value) -> Result<Value, String> {\n' +
      '    Ok(json!({ "params": params, "context": context }))\n}\nfn main() {}\n',
  },
  counter:
    'use std::sync::atomic::{AtomicU64, Ordering};\nstatic COUNT: AtomicU64 = AtomicU64::new(0);\n' +
    handler('    Ok(json!(COUNT.fetch_add(1, Ordering::Relaxed) + 1))'),
  boom: {
    source:
      'fn handler(_: Value, _: Value) -> Result<Value, String> { inner() }\nfn inner() -> ! {\n    panic!("boom")\n}\n',
    column: 5,
    frame: /^panicked at main\.rs:3:5:\nboom$/,
  },
  syntaxError: { source: `fn handler(params: Value) {\n    let 1x = 2;\n}\n`, message: 'error: ' },
  loadError: 'const LOADED: () = panic!("while it is compiled");\n' + handler('    LOADED; Ok(Value::Null)'),
  noHandler: 'const ANSWER: u32 = 42;\n',
  prints: handler('    println!("to stdout");\n    eprintln!("to stderr");\n    Ok(Value::Null)'),
  loop: handler('    loop { std::hint::spin_loop() }'),
  exits: handler('    std::process::exit(3)'),
  environment: handler('    Ok(json!(std::env::var("SECRET").ok()))'),
  twoFiles: {
    'main.rs': `mod other;\n${handler('    Ok(json!(other::answer()))')}`,
    'other.rs': 'pub fn answer() -> &\'static str { "from the other file" }\n',
  },
  large: handler('    Ok(json!("x".repeat(params["size"].as_u64().unwrap() as usize)))', 'params'),
  deep: handler(
    '    let mut found = json!([]);\n    for _ in 1..params["depth"].as_u64().unwrap() { found = json!([found]); }\n    Ok(found)',
    'params',
  ),
  random: handler(
    '    use std::hash::{BuildHasher, Hasher};\n' +
      '    Ok(json!(std::collections::hash_map::RandomState::new().build_hasher().finish()))',
  ),
});
