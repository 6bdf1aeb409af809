//! Where the running server of a data folder is, so that `cairn log` can ask it for what only it may read.

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

/// Copies the log of the running server to `out`, line by line. Plain HTTP/1.0, so that the body ends with the
/// connection and comes unpacked.
pub(crate) fn copy(data: &Path, query: &str, out: &mut impl Write) -> Result<(), std::io::Error> {
    let address = std::fs::read_to_string(data.join(FILE))?;
    let mut stream = TcpStream::connect(address.trim())?;
    write!(stream, "GET /api/v1/cairn/log?{query} HTTP/1.0\r\nHost: {}\r\n\r\n", address.trim())?;
    let mut answer = BufReader::new(stream);
    let mut status = String::new();
    answer.read_line(&mut status)?;
    let mut header = String::from("-");
    while !header.trim().is_empty() {
        header.clear();
        answer.read_line(&mut header)?;
    }
    if !status.contains(" 200 ") {
        let mut reason = String::new();
        answer.read_to_string(&mut reason)?;
        return Err(std::io::Error::other(format!("the server answered {}: {reason}", status.trim())));
    }
    let mut line = Vec::new();
    while answer.read_until(b'\n', &mut line)? > 0 {
        out.write_all(&line)?;
        out.flush()?;
        line.clear();
    }
    Ok(())
}
