//! The provider of a model, under the names that prices have. Prices are not here.

/// The Vercel AI SDK puts the API behind a dot and has names of its own for some.
static DOTTED: [(&str, &str); 5] = [
    ("google.generative-ai", "google_ai"),
    ("google.vertex", "google_vertexai"),
    ("vertex.anthropic", "anthropic_vertexai"),
    ("amazon-bedrock", "bedrock"),
    ("azure", "azure"),
];

/// The Vercel AI SDK gives the same text by two attributes; the one that is known to be its own counts.
pub(super) fn name(
    dotted: Option<String>,
    plain: Option<String>,
    server_address: Option<&str>,
) -> Option<String> {
    let name = match dotted {
        Some(dotted) => undotted(&dotted),
        None => plain?,
    };
    if name != "google" {
        return Some(name);
    }
    let vertex = server_address.is_some_and(|address| address.contains("aiplatform.googleapis.com"));
    Some(if vertex { "google_vertexai" } else { "google_ai" }.to_owned())
}

fn undotted(dotted: &str) -> String {
    let known = DOTTED.iter().find(|(start, _)| dotted.starts_with(start)).map(|(_, name)| *name);
    known.or_else(|| dotted.split('.').next()).unwrap_or(dotted).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(dotted: Option<&str>, plain: Option<&str>, address: Option<&str>, expected: Option<&str>) {
        let found = name(dotted.map(str::to_owned), plain.map(str::to_owned), address);
        assert_eq!(found.as_deref(), expected);
    }

    #[test]
    fn google_is_told_apart_by_the_address_of_its_server() {
        check(None, Some("google"), Some("us-central1-aiplatform.googleapis.com"), Some("google_vertexai"));
        check(None, Some("google"), Some("generativelanguage.googleapis.com"), Some("google_ai"));
        check(None, Some("google"), None, Some("google_ai"));
        check(None, Some("openai"), Some("aiplatform.googleapis.com"), Some("openai"));
        check(None, None, Some("aiplatform.googleapis.com"), None);
    }

    #[test]
    fn a_dotted_provider_loses_the_name_of_its_api() {
        check(Some("openai.chat"), Some("openai.chat"), None, Some("openai"));
        check(Some("google.generative-ai"), None, None, Some("google_ai"));
        check(Some("google.vertex.chat"), None, None, Some("google_vertexai"));
        check(Some("amazon-bedrock"), None, None, Some("bedrock"));
        check(Some("azure-openai.responses"), None, None, Some("azure"));
        check(Some("mistral"), None, None, Some("mistral"));
    }
}
