//! The web application is part of the binary: when it is built anew, so is the binary.

#[expect(clippy::print_stdout, reason = "this is how a build script speaks to cargo")]
fn main() {
    println!("cargo::rerun-if-changed=../ui/dist");
}
