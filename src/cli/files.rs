//! Files: read whole with a limit, written whole or not at all.

use std::fs::{self, File};
use std::io;
use std::path::Path;
use std::sync::OnceLock;

use anyhow::bail;

use super::folder::Folder;
use super::text::{bytes, bytes_of, cannot_be_read, reason, text};
use crate::manifest::{self, Text};

/// Names of streams of the shell that runs the program: `<(command)` is one.
const STREAMS: [&str; 3] = ["/dev/stdin", "/dev/fd/", "/proc/self/fd/"];

/// The text of a file that the user named. It may be a link, or a stream of the shell; nothing else that is no file is waited for.
///
/// # Errors
/// Why it cannot be read, in words that follow the name of the file.
pub(super) fn read(path: &Path) -> Result<String, String> {
    text(read_bytes(path)?)
}

/// The text of a manifest that the user named or a folder holds: bytes that are no text cost what they stand in alone.
///
/// # Errors
/// As in [`read`].
pub(super) fn read_manifest(path: &Path) -> Result<Text, String> {
    manifest::decode(read_bytes(path)?)
}

/// Whether a name is that of a stream of the shell, which another program writes.
pub(super) fn is_stream(path: &Path) -> bool {
    path.to_str().is_some_and(|name| STREAMS.iter().any(|stream| name.starts_with(stream)))
}

fn read_bytes(path: &Path) -> Result<Vec<u8>, String> {
    let file = open_stream(path)?;
    if is_stream(path) { bytes(file, 0) } else { bytes_of(file) }
}

/// A file that the user named and that is read piece by piece. It may be a stream of the shell, as in [`read`].
///
/// # Errors
/// As in [`read`].
pub(super) fn open_stream(path: &Path) -> Result<File, String> {
    if is_stream(path) {
        return File::open(path).map_err(|error| cannot_be_read(&error));
    }
    // Whether it is a file must be known before it is opened: a queue keeps one waiting, and a device may do anything.
    let found = fs::metadata(path).map_err(|error| cannot_be_read(&error))?;
    if !found.is_file() {
        return Err(String::from("is no file"));
    }
    open(path).map_err(|error| cannot_be_read(&error))
}

/// The text of a file that was found and not named: no link, since whoever made that may mean the file of another.
///
/// # Errors
/// As in [`read`].
pub(super) fn read_found(path: &Path) -> Result<String, String> {
    let (Some(folder), Some(name)) = (path.parent(), path.file_name().and_then(|name| name.to_str())) else {
        return Err(String::from("is no file"));
    };
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    Folder::open(folder).map_err(|error| cannot_be_read(&error))?.read(name)
}

/// Opens a file without waiting for anybody.
fn open(path: &Path) -> io::Result<File> {
    #[cfg(unix)]
    {
        use rustix::fs::{Mode, OFlags};
        let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
        Ok(File::from(rustix::fs::open(path, flags, Mode::empty())?))
    }
    #[cfg(not(unix))]
    File::open(path)
}

/// The text of standard input.
///
/// # Errors
/// As in [`read`].
pub(super) fn read_stdin() -> Result<Text, String> {
    // It can be read only once, and two sides of a comparison may be made of it.
    static TEXT: OnceLock<Result<Text, String>> = OnceLock::new();
    TEXT.get_or_init(|| manifest::decode(bytes(io::stdin().lock(), 0)?)).clone()
}

/// Replaces the text of a file that still is `old` so that nobody ever sees a part of it. A link stays one; who may read the file
/// stays as well.
///
/// # Errors
/// The file is another one by now, or cannot be written.
pub(super) fn replace(path: &Path, old: &str, new: &str) -> anyhow::Result<()> {
    let shown = path.display();
    let target = fs::canonicalize(path).map_err(|error| anyhow::anyhow!("cannot write `{shown}`: {}", reason(&error)))?;
    if read(&target).as_deref() != Ok(old) {
        bail!("cannot write `{shown}`: it has changed since it was read");
    }
    let (Some(folder), Some(name), Ok(metadata)) = (target.parent(), target.file_name().and_then(|name| name.to_str()), target.metadata())
    else {
        bail!("cannot write `{shown}`: it is no file");
    };
    Folder::open(folder)
        .and_then(|folder| folder.replace(name, new, metadata.permissions()))
        .map_err(|error| anyhow::anyhow!("cannot write `{shown}`: {}", reason(&error)))
}

/// Writes a file that the user named so that nobody ever sees a part of it.
///
/// # Errors
/// It cannot be written, or something that is no file has its name.
pub(super) fn write(path: &Path, content: &str) -> anyhow::Result<()> {
    let name = path.file_name().and_then(|name| name.to_str());
    let Some(name) = name else { bail!("`{}` is no name of a file", path.display()) };
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    Folder::create(folder)?.write(name, content, false)
}

/// Whether there is a file or folder of that name.
pub(super) fn exists(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok()
}
