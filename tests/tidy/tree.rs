//! The files of the repository, as git sees them: committed or about to be. Ignored files are nobody's matter.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

/// Made by a tool and checked by making it again: read by no one, so no rule of style holds there.
const GENERATED: &[&str] = &["ui/src/gql/", "ui/src/generated/"];
const LOCKS: &[&str] = &["Cargo.lock", "package-lock.json", "requirements.txt"];

pub(crate) struct File {
    /// From the root of the repository, with `/`.
    pub(crate) path: String,
    pub(crate) bytes: u64,
    /// Nothing for what is not UTF-8.
    pub(crate) text: Option<String>,
}

impl File {
    pub(crate) fn for_test(path: &str, text: &str) -> Self {
        Self { path: path.to_owned(), bytes: text.len() as u64, text: Some(text.to_owned()) }
    }

    /// The text that people wrote: nothing of generated and lock files.
    pub(crate) fn written(&self) -> Option<&str> {
        if self.is_lock() || GENERATED.iter().any(|folder| self.path.starts_with(folder)) {
            return None;
        }
        self.text.as_deref()
    }

    pub(crate) fn is_lock(&self) -> bool {
        LOCKS.contains(&self.name())
    }

    pub(crate) fn name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or(&self.path)
    }

    pub(crate) fn extension(&self) -> &str {
        self.name().rsplit_once('.').map_or("", |(_, extension)| extension)
    }
}

pub(crate) static FILES: LazyLock<Vec<File>> = LazyLock::new(|| {
    let listed = Command::new("git")
        .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
        .current_dir(root())
        .output()
        .expect("git lists the files");
    assert!(listed.status.success(), "git: {}", String::from_utf8_lossy(&listed.stderr));
    let listed = String::from_utf8(listed.stdout).expect("paths are UTF-8");
    listed.split_terminator('\0').filter_map(read).collect()
});

pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the crate is in a folder of the root").to_owned()
}

pub(crate) fn violations(rule: fn(&File) -> Vec<String>) -> Vec<String> {
    FILES.iter().flat_map(rule).collect()
}

/// Nothing for what is listed but gone, as between a removal and its commit.
fn read(path: &str) -> Option<File> {
    let bytes = std::fs::read(root().join(path)).ok()?;
    Some(File { path: path.to_owned(), bytes: bytes.len() as u64, text: String::from_utf8(bytes).ok() })
}

#[test]
fn the_list_holds_this_file_and_no_build_output() {
    assert!(FILES.iter().any(|file| file.path == "tests/tidy/tree.rs"));
    assert!(!FILES.iter().any(|file| file.path.starts_with("target/")));
}

#[test]
fn lock_and_generated_files_are_not_written_by_people() {
    assert!(File::for_test("ui/package-lock.json", "{}").written().is_none());
    assert!(File::for_test("ui/src/gql/graphql.ts", "").written().is_none());
    assert!(File::for_test("core/src/time.rs", "").written().is_some());
}
