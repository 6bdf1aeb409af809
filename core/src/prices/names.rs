//! Models and providers under the many names that clients give them.

use std::borrow::Cow;

/// Other names of providers. What is not here is a name by itself.
static PROVIDERS: [(&str, &str); 30] = [
    ("gemini", "google_ai"),
    ("google", "google_ai"),
    ("google_genai", "google_ai"),
    ("google-genai", "google_ai"),
    ("google-gla", "google_ai"),
    ("gcp.gemini", "google_ai"),
    ("gcp.gen_ai", "google_ai"),
    ("vertex-ai", "google_vertexai"),
    ("vertex_ai", "google_vertexai"),
    ("vertexai", "google_vertexai"),
    ("google_vertex_ai", "google_vertexai"),
    ("google-vertex", "google_vertexai"),
    ("gcp.vertex_ai", "google_vertexai"),
    ("microsoft", "azure"),
    ("azure_openai", "azure"),
    ("azure-openai", "azure"),
    ("az.ai.openai", "azure"),
    ("azure.ai.openai", "azure"),
    ("az.ai.inference", "azure_ai"),
    ("azure.ai.inference", "azure_ai"),
    ("bedrock_converse", "bedrock"),
    ("amazon_bedrock", "bedrock"),
    ("amazon-bedrock", "bedrock"),
    ("aws_bedrock", "bedrock"),
    ("aws.bedrock", "bedrock"),
    ("aws", "bedrock"),
    ("mistral_ai", "mistral"),
    ("mistralai", "mistral"),
    ("x_ai", "xai"),
    ("x-ai", "xai"),
];

/// A provider's one name.
pub fn provider(name: &str) -> Cow<'_, str> {
    let name = name.trim();
    let lower = if name.chars().any(char::is_uppercase) {
        Cow::Owned(name.to_lowercase())
    } else {
        Cow::Borrowed(name)
    };
    match PROVIDERS.iter().find(|(other, _)| *other == lower) {
        Some((_, known)) => Cow::Borrowed(known),
        None => lower,
    }
}

/// A model's name without regard to case, and to whether its version is written with dots or hyphens.
pub fn folded(model: &str) -> Cow<'_, str> {
    if !model.chars().any(|c| c == '.' || c.is_uppercase()) {
        return Cow::Borrowed(model);
    }
    Cow::Owned(model.to_lowercase().replace('.', "-"))
}

/// What a model may stand under in a table, likeliest first.
pub fn candidates(model: &str) -> impl Iterator<Item = Cow<'_, str>> {
    let model = model.trim();
    let names = [Some(model), model.split_once('/').map(|(_, rest)| rest)].into_iter().flatten();
    let all = names.flat_map(|name| [Some(name), undated(name), unnumbered(name)].into_iter().flatten());
    all.flat_map(|name| [Cow::Borrowed(name), folded(name)])
}

/// Without a date at its end: `-2024-08-06`.
fn undated(model: &str) -> Option<&str> {
    let (rest, date) = model.split_at_checked(model.len().checked_sub(11)?)?;
    let shape = |(at, byte): (usize, u8)| match at {
        0 | 5 | 8 => byte == b'-',
        _ => byte.is_ascii_digit(),
    };
    date.bytes().enumerate().all(shape).then_some(rest)
}

/// Without a number behind a colon: `:0`.
fn unnumbered(model: &str) -> Option<&str> {
    let (rest, number) = model.rsplit_once(':')?;
    (!number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())).then_some(rest)
}
