fn handler(params: Value, _context: Value) -> Result<Value, String> {
    let data = params["data"].as_object().ok_or("data must be an object")?;
    let rules = params["rules"].as_array().ok_or("rules must be a list")?;
    let mut errors: Vec<String> = Vec::new();
    for rule in rules {
        let field = rule["field"].as_str().ok_or("a rule has no field")?;
        match data.get(field) {
            None if rule["required"] == json!(true) => errors.push(format!("{} is required", field)),
            None => {}
            Some(value) => errors.extend(faults(field, value, rule)),
        }
    }
    Ok(json!({ "valid": errors.is_empty(), "errors": errors }))
}

fn faults(field: &str, value: &Value, rule: &Value) -> Vec<String> {
    if let Some(wanted) = rule["type"].as_str() {
        if kind(value) != wanted {
            return vec![format!("{} must be of type {}", field, wanted)];
        }
    }
    let size = match value {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => Some(text.chars().count() as f64),
        Value::Array(items) => Some(items.len() as f64),
        _ => None,
    };
    let mut found = Vec::new();
    if let (Some(size), Some(min)) = (size, rule["min"].as_f64()) {
        if size < min {
            found.push(format!("{} is less than {}", field, min));
        }
    }
    if let (Some(size), Some(max)) = (size, rule["max"].as_f64()) {
        if size > max {
            found.push(format!("{} is more than {}", field, max));
        }
    }
    found
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}
