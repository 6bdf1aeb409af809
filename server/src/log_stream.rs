//! Where the running server of a data folder is, so that other commands can ask it for what only it may
//! read or write.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};

const FILE: &str = "server.address";

/// Removed when the server ends in order.
pub(crate) struct Announced(PathBuf);

pub(crate) fn announce(data: &Path, address: SocketAddr) -> Result<Announced, std::io::Error> {
    let path = data.join(FILE);
    std::fs::write(&path, address.to_string())?;
    Ok(Announced(path))
}

impl Drop for Announced {
    fn drop(&mut self) {
        if let Err(error) = std::fs::remove_file(&self.0) {
            tracing::warn!(%error, "the note of the server's address stays behind");
        }
    }
}

/// Copies the log of the running server to `out`, line by line.
pub(crate) fn copy(data: &Path, query: &str, out: &mut impl Write) -> Result<(), std::io::Error> {
    let mut answer = request(data, "GET", &format!("/api/v1/cairn/log?{query}"), "")?;
    let mut line = Vec::new();
    while answer.read_until(b'\n', &mut line)? > 0 {
        out.write_all(&line)?;
        out.flush()?;
        line.clear();
    }
    Ok(())
}

/// Asks the running server, and gives its whole answer.
pub(crate) fn ask(data: &Path, method: &str, path: &str, body: &str) -> Result<String, std::io::Error> {
    let mut text = String::new();
    request(data, method, path, body)?.read_to_string(&mut text)?;
    Ok(text)
}

/// The answer of the running server, to be read as it comes.
pub(crate) fn stream(data: &Path, path: &str) -> Result<impl Read + use<>, std::io::Error> {
    request(data, "GET", path, "")
}

/// The body of a good answer. Plain HTTP/1.0, so that it ends with the connection and comes unpacked.
fn request(
    data: &Path,
    method: &str,
    path: &str,
    body: &str,
) -> Result<BufReader<TcpStream>, std::io::Error> {
    let address = std::fs::read_to_string(data.join(FILE))?;
    let mut stream = TcpStream::connect(address.trim())?;
    write!(stream, "{method} {path} HTTP/1.0\r\nHost: {}\r\n", address.trim())?;
    write!(stream, "Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}", body.len())?;
    let mut answer = BufReader::new(stream);
    let mut status = String::new();
    answer.read_line(&mut status)?;
    let mut header = String::from("-");
    while !header.trim().is_empty() {
        header.clear();
        answer.read_line(&mut header)?;
    }
    if !status.split(' ').nth(1).is_some_and(|code| code.starts_with('2')) {
        let mut reason = String::new();
        answer.read_to_string(&mut reason)?;
        return Err(std::io::Error::other(refusal(status.trim(), &reason)));
    }
    Ok(answer)
}

/// What a bad answer says: its message and its hint, or all of it.
fn refusal(status: &str, body: &str) -> String {
    let answer: serde_json::Value = serde_json::from_str(body).unwrap_or_default();
    let text = |place: &str| answer.pointer(place).and_then(serde_json::Value::as_str);
    match (text("/message").or_else(|| text("/errors/0")), text("/details")) {
        (Some(message), Some(details)) => format!("the server refused: {message}; {details}"),
        (Some(message), None) => format!("the server refused: {message}"),
        (None, _) => format!("the server answered {status}: {body}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_is_told_by_its_message() {
        assert_eq!(refusal("404", r#"{"code":404,"message":"gone"}"#), "the server refused: gone");
        let hinted = r#"{"message":"no time","details":"write it so"}"#;
        assert_eq!(refusal("400", hinted), "the server refused: no time; write it so");
        assert_eq!(refusal("400", r#"{"errors":["no","and no"]}"#), "the server refused: no");
        assert_eq!(refusal("502 Bad Gateway", "<html>"), "the server answered 502 Bad Gateway: <html>");
    }
}
