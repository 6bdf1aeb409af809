//! How much room there is on the disk.

use std::io;
use std::path::Path;

#[derive(Clone, Copy, Debug)]
pub(crate) struct Space {
    pub(crate) free_bytes: u64,
    pub(crate) total_bytes: u64,
}

/// Of the disk on which a folder lies, as far as this user may fill it.
pub(crate) fn space(folder: &Path) -> Result<Space, io::Error> {
    let disk = rustix::fs::statvfs(folder)?;
    Ok(Space {
        free_bytes: disk.f_bavail.saturating_mul(disk.f_frsize),
        total_bytes: disk.f_blocks.saturating_mul(disk.f_frsize),
    })
}
