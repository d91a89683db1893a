//! The program among other programs: small ones in the place of those that it calls.
#![cfg(unix)]

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;

use crate::support::program::Run;

/// Runs a program of a folder that finds others in `bin` there, and nowhere else.
pub(crate) fn run_among(folder: &Path, program: &Path, args: &[&str]) -> Run {
    let mut command = Command::new(program);
    command.args(args).current_dir(folder).env_clear().env("PATH", folder.join("bin"));
    let output = command.output().expect("the program starts");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("it is text");
    Run { code: output.status.code(), stdout: text(output.stdout), stderr: text(output.stderr) }
}

/// Puts a script into `bin` of a folder, as a program.
pub(crate) fn put_program(folder: &Path, name: &str, script: &str) {
    let path = folder.join("bin").join(name);
    fs::create_dir_all(folder.join("bin")).expect("folders can be made");
    fs::write(&path, script).expect("files can be written");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("it is ours");
}
