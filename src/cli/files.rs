//! Files: read whole with a limit, written whole or not at all.

use std::fs::{self, File, OpenOptions, Permissions};
use std::io::{self, Read, Write as _};
use std::path::Path;
use std::sync::OnceLock;

use anyhow::{Context as _, bail};

/// Bytes of a file at most. Exports of large clusters have some ten megabytes; what is much larger is no manifest.
const LARGEST: u64 = 256 * 1024 * 1024;

/// The text of a file.
///
/// # Errors
/// Why it cannot be read, in words that follow the name of the file.
pub(super) fn read(path: &Path) -> Result<String, String> {
    let file = File::open(path).map_err(|error| cannot_be_read(&error))?;
    let size = file.metadata().map_or(0, |metadata| metadata.len());
    text(file, size)
}

/// The text of standard input.
///
/// # Errors
/// As in [`read`].
pub(super) fn read_stdin() -> Result<String, String> {
    // It can be read only once, and two sides of a comparison may be made of it.
    static TEXT: OnceLock<Result<String, String>> = OnceLock::new();
    TEXT.get_or_init(|| text(io::stdin().lock(), 0)).clone()
}

fn text(input: impl Read, size: u64) -> Result<String, String> {
    let mut bytes = Vec::with_capacity(usize::try_from(size.min(LARGEST)).unwrap_or_default());
    input.take(LARGEST + 1).read_to_end(&mut bytes).map_err(|error| cannot_be_read(&error))?;
    if bytes.len() as u64 > LARGEST {
        return Err(format!("is larger than {} MiB", LARGEST / 1024 / 1024));
    }
    String::from_utf8(bytes).map_err(|error| match error.as_bytes() {
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => String::from("is UTF-16 text: save it as UTF-8"),
        _ => format!("is not UTF-8 text: bad byte at offset {}", error.utf8_error().valid_up_to()),
    })
}

fn cannot_be_read(error: &io::Error) -> String {
    format!("cannot be read: {}", reason(error))
}

/// What the system says, without its number for it.
pub(super) fn reason(error: &io::Error) -> String {
    let text = error.to_string();
    let end = text.find(" (os error ").unwrap_or(text.len());
    text[..end].to_owned()
}

/// Writes a file of a folder so that nobody ever sees a part of it. Links are not followed.
///
/// # Errors
/// The file cannot be written, or something that is no file has its name.
pub(super) fn write(folder: &Path, name: &str, content: &str, is_private: bool) -> anyhow::Result<()> {
    let path = folder.join(name);
    let shown = path.display();
    match fs::symlink_metadata(&path) {
        Ok(found) if found.is_symlink() => bail!("cannot write `{shown}`: it is a link"),
        Ok(found) if !found.is_file() => bail!("cannot write `{shown}`: it is no file"),
        _ => {}
    }
    put(folder, name, content, Access::New { is_private }).map_err(|error| anyhow::anyhow!("cannot write `{shown}`: {}", reason(&error)))
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
    put(folder, name, new, Access::Of(metadata.permissions()))
        .map_err(|error| anyhow::anyhow!("cannot write `{shown}`: {}", reason(&error)))
}

/// Who may read a file that is written.
enum Access {
    /// Whoever the system says; with secrets in it, only its owner.
    New { is_private: bool },
    /// Whoever may read the file in whose place it comes.
    Of(Permissions),
}

/// Writes a draft and gives it the name.
fn put(folder: &Path, name: &str, content: &str, access: Access) -> io::Result<()> {
    let draft = folder.join(format!(".{name}.{}.part", std::process::id()));
    // A draft of a run that was killed is in the way only if that run had the same number.
    let mut file = options(matches!(access, Access::New { is_private: true })).write(true).create_new(true).open(&draft)?;
    let written = match access {
        Access::New { .. } => Ok(()),
        Access::Of(permissions) => file.set_permissions(permissions),
    };
    let written = written.and_then(|()| file.write_all(content.as_bytes())).and_then(|()| fs::rename(&draft, folder.join(name)));
    written.inspect_err(|_| {
        // What cannot be removed either is left: the first error says more.
        let _ = fs::remove_file(&draft);
    })
}

/// How a new file is opened: one that holds secrets is for its owner alone from the start.
fn options(is_private: bool) -> OpenOptions {
    let mut options = OpenOptions::new();
    #[cfg(unix)]
    if is_private {
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    }
    #[cfg(not(unix))]
    let _ = is_private;
    options
}

/// Makes a folder and those above it.
///
/// # Errors
/// It cannot be made.
pub(super) fn create_folder(folder: &Path) -> anyhow::Result<()> {
    fs::create_dir_all(folder).with_context(|| format!("cannot create the folder `{}`", folder.display()))
}

/// Whether there is a file or folder of that name.
pub(super) fn exists(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_utf8() {
        assert_eq!(text("ä: 1".as_bytes(), 0).as_deref(), Ok("ä: 1"));
        assert_eq!(text(&b"abc\xffdef"[..], 7), Err("is not UTF-8 text: bad byte at offset 3".into()));
        assert_eq!(text(&b"\xff\xfea\0"[..], 4), Err("is UTF-16 text: save it as UTF-8".into()));
    }

    #[test]
    fn endless_input_is_refused() {
        assert_eq!(text(io::repeat(b' '), 0), Err("is larger than 256 MiB".into()));
    }

    #[test]
    fn reasons_have_no_numbers() {
        assert_eq!(reason(&io::Error::from_raw_os_error(2)), "No such file or directory");
        assert_eq!(reason(&io::Error::other("odd")), "odd");
    }

    #[test]
    fn files_are_replaced_and_no_draft_stays() -> anyhow::Result<()> {
        let folder = tempfile::tempdir()?;
        write(folder.path(), "a.conf", "one", false)?;
        write(folder.path(), "a.conf", "two", false)?;
        assert_eq!(read(&folder.path().join("a.conf")), Ok("two".into()));
        assert_eq!(fs::read_dir(folder.path())?.count(), 1);
        Ok(())
    }

    #[cfg(unix)]
    #[test]
    fn links_and_folders_are_not_replaced() -> anyhow::Result<()> {
        let folder = tempfile::tempdir()?;
        let victim = folder.path().join("victim");
        fs::write(&victim, "mine")?;
        std::os::unix::fs::symlink(&victim, folder.path().join("a.conf"))?;
        fs::create_dir(folder.path().join("b.conf"))?;
        for name in ["a.conf", "b.conf"] {
            assert!(write(folder.path(), name, "yours", false).is_err(), "{name}");
        }
        assert_eq!(read(&victim), Ok("mine".into()));
        Ok(())
    }
}
