//! How much room there is, and how much is taken.

use std::io;
use std::path::Path;

#[derive(Clone, Copy, Debug)]
pub struct Space {
    pub free_bytes: u64,
    pub total_bytes: u64,
}

/// Of the disk on which a folder lies, as far as this user may fill it.
pub fn space(folder: &Path) -> Result<Space, io::Error> {
    let disk = rustix::fs::statvfs(folder)?;
    Ok(Space {
        free_bytes: disk.f_bavail.saturating_mul(disk.f_frsize),
        total_bytes: disk.f_blocks.saturating_mul(disk.f_frsize),
    })
}

/// What vanishes while we look counts nothing: indexes merge their files all the time.
pub fn folder_bytes(folder: &Path) -> u64 {
    let Ok(entries) = std::fs::read_dir(folder) else { return 0 };
    let sizes = entries.flatten().map(|entry| match entry.metadata() {
        Ok(metadata) if metadata.is_dir() => folder_bytes(&entry.path()),
        Ok(metadata) => metadata.len(),
        Err(_) => 0,
    });
    sizes.sum()
}
