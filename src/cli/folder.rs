//! A folder whose files are reached without following a link in any part of their names.
//!
//! Whoever can put a link into a folder could otherwise have other files shown or overwritten: each part of a name is opened below
//! the part before it, so that nothing can be exchanged in between.

use std::fs::{self, Permissions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use anyhow::{Context as _, anyhow};

use super::text;

/// A folder that is open.
#[derive(Debug)]
pub(super) struct Folder {
    door: door::Door,
    path: PathBuf,
}

/// Who may read a file that is written.
enum Access {
    /// Whoever the system says; with secrets in it, only its owner.
    New { is_private: bool },
    /// Whoever may read the file in whose place it comes.
    Of(Permissions),
}

/// What has a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Found {
    Nothing,
    File,
    Folder,
    Link,
    Other,
}

impl Found {
    /// Why it is neither read nor written as a file, in words that follow its name.
    fn refusal(self) -> Option<&'static str> {
        match self {
            Self::Nothing | Self::File => None,
            Self::Link => Some("is a link"),
            Self::Folder | Self::Other => Some("is no file"),
        }
    }
}

impl Folder {
    /// Opens a folder. Its own name is the user's, and may lead through links.
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        Ok(Self { door: door::Door::open(path)?, path: path.to_owned() })
    }

    /// Makes a folder and those above it, and opens it.
    pub(super) fn create(path: &Path) -> anyhow::Result<Self> {
        let context = || format!("cannot create the folder `{}`", path.display());
        fs::create_dir_all(path).with_context(context)?;
        Self::open(path).with_context(context)
    }

    /// The text of a file below the folder.
    ///
    /// # Errors
    /// Why it cannot be read, in words that follow its name.
    pub(super) fn read(&self, name: &str) -> Result<String, String> {
        let missing = || text::cannot_be_read(&io::ErrorKind::NotFound.into());
        let (inner, last) = split(name);
        let folder = inner.map(|inner| self.inner(inner, false)?.ok_or_else(missing)).transpose()?;
        let folder = folder.as_ref().unwrap_or(self);
        match folder.door.find(last) {
            Found::Nothing => return Err(missing()),
            found => found.refusal().map_or(Ok(()), |refusal| Err(refusal.to_owned()))?,
        }
        text::regular(folder.door.read(last).map_err(|error| text::cannot_be_read(&error))?)
    }

    /// Why a file below the folder could not be written, before anything is.
    ///
    /// # Errors
    /// Something else has its name, or a part of it.
    pub(super) fn check(&self, name: &str) -> anyhow::Result<()> {
        let reason = self.find(name).map_or_else(Some, |found| found.refusal().map(str::to_owned));
        reason.map_or(Ok(()), |reason| Err(anyhow!("cannot write `{}`: it {reason}", self.path.join(name).display())))
    }

    /// What has a name below the folder.
    fn find(&self, name: &str) -> Result<Found, String> {
        let (inner, last) = split(name);
        Ok(match inner.map(|inner| self.inner(inner, false)).transpose()? {
            Some(None) => Found::Nothing,
            Some(Some(folder)) => folder.door.find(last),
            None => self.door.find(last),
        })
    }

    /// Writes a file below the folder so that nobody ever sees a part of it, and makes the folders that it is in.
    ///
    /// # Errors
    /// The file cannot be written, or something that is no file has its name.
    pub(super) fn write(&self, name: &str, content: &str, is_private: bool) -> anyhow::Result<()> {
        self.check(name)?;
        let refused = |reason: String| anyhow!("cannot write `{}`: {reason}", self.path.join(name).display());
        let (inner, last) = split(name);
        let folder = inner.map(|inner| self.inner(inner, true)).transpose().map_err(|reason| refused(format!("it {reason}")))?;
        let folder = folder.flatten();
        let access = Access::New { is_private };
        folder.as_ref().unwrap_or(self).put(last, content, access).map_err(|error| refused(text::reason(&error)))
    }

    /// Begins a file in the folder itself that everybody may read.
    ///
    /// # Errors
    /// It cannot be written.
    pub(super) fn begin(&self, name: &str) -> anyhow::Result<Draft<'_>> {
        Draft::create(self, name, &Access::New { is_private: false }).map_err(|error| self.refused(name, &error))
    }

    fn refused(&self, name: &str, error: &io::Error) -> anyhow::Error {
        anyhow!("cannot write `{}`: {}", self.path.join(name).display(), text::reason(error))
    }

    /// Whether there is something of that name below the folder.
    pub(super) fn holds(&self, name: &str) -> bool {
        self.find(name).is_ok_and(|found| found != Found::Nothing)
    }

    /// A folder below this one; none where there is none.
    ///
    /// # Errors
    /// Why it cannot be reached, in words that follow the name of a file in it.
    fn inner(&self, name: &str, creates: bool) -> Result<Option<Self>, String> {
        let mut reached: Option<Self> = None;
        for part in name.split('/') {
            if matches!(part, "" | "." | "..") {
                return Err(String::from("has a name that leads elsewhere"));
            }
            let above = reached.as_ref().unwrap_or(self);
            let path = above.path.join(part);
            match above.door.find(part) {
                Found::Nothing if !creates => return Ok(None),
                Found::Nothing | Found::Folder => {}
                Found::Link => return Err(format!("lies behind `{}`, which is a link", path.display())),
                Found::File | Found::Other => return Err(format!("lies below `{}`, which is no folder", path.display())),
            }
            let opened = above.door.inner(part, creates);
            let door =
                opened.map_err(|error| format!("lies below `{}`, which cannot be opened: {}", path.display(), text::reason(&error)))?;
            reached = Some(Self { door, path });
        }
        Ok(reached)
    }

    /// Writes a draft and gives it the name. What had that name is replaced and never followed.
    fn put(&self, name: &str, content: &str, access: Access) -> io::Result<()> {
        let mut draft = Draft::create(self, name, &access)?;
        if let Access::Of(permissions) = access {
            draft.file.set_permissions(permissions)?;
        }
        draft.file.write_all(content.as_bytes())?;
        draft.publish()
    }

    /// Writes a file in the folder itself in the place of another one.
    pub(super) fn replace(&self, name: &str, content: &str, permissions: Permissions) -> io::Result<()> {
        self.put(name, content, Access::Of(permissions))
    }
}

/// A file that has its name only when it is whole. Where it does not come to that, nothing is left of it.
#[derive(Debug)]
pub(super) struct Draft<'f> {
    folder: &'f Folder,
    file: fs::File,
    /// What it is called meanwhile; none: it has its name.
    draft: Option<String>,
    name: String,
}

impl<'f> Draft<'f> {
    fn create(folder: &'f Folder, name: &str, access: &Access) -> io::Result<Self> {
        // Drafts of one run are written side by side. Names are as long as a file system takes, so that a draft's is its own.
        static DRAFTS: AtomicU32 = AtomicU32::new(0);
        let draft = format!(".ingressc.{}.{}.part", std::process::id(), DRAFTS.fetch_add(1, Ordering::Relaxed));
        // A draft of a run that was killed is in the way only if that run had the same number.
        let file = folder.door.create(&draft, matches!(access, Access::New { is_private: true }))?;
        Ok(Self { folder, file, draft: Some(draft), name: name.to_owned() })
    }

    /// Adds a part.
    pub(super) fn write(&mut self, text: &str) -> anyhow::Result<()> {
        self.file.write_all(text.as_bytes()).map_err(|error| self.folder.refused(&self.name, &error))
    }

    /// Gives it its name.
    pub(super) fn finish(self) -> anyhow::Result<()> {
        let (folder, name) = (self.folder, self.name.clone());
        self.publish().map_err(|error| folder.refused(&name, &error))
    }

    fn publish(mut self) -> io::Result<()> {
        if let Some(draft) = &self.draft {
            self.folder.door.rename(draft, &self.name)?;
        }
        self.draft = None;
        Ok(())
    }
}

impl Drop for Draft<'_> {
    fn drop(&mut self) {
        if let Some(draft) = &self.draft {
            // What cannot be removed either is left: the first error says more.
            let _ = self.folder.door.remove(draft);
        }
    }
}

/// The folders of a name and its last part.
fn split(name: &str) -> (Option<&str>, &str) {
    name.rsplit_once('/').map_or((None, name), |(inner, last)| (Some(inner), last))
}

/// How the parts of a name are opened: below a folder that is open already.
#[cfg(unix)]
mod door {
    use std::fs::File;
    use std::io;
    use std::os::fd::OwnedFd;
    use std::path::Path;

    use rustix::fs::{AtFlags, FileType, Mode, OFlags, mkdirat, open, openat, renameat, statat, unlinkat};

    use super::Found;

    const FOLDER: OFlags = OFlags::RDONLY.union(OFlags::DIRECTORY).union(OFlags::CLOEXEC);

    #[derive(Debug)]
    pub(super) struct Door(OwnedFd);

    impl Door {
        pub(super) fn open(path: &Path) -> io::Result<Self> {
            Ok(Self(open(path, FOLDER, Mode::empty())?))
        }

        pub(super) fn find(&self, name: &str) -> Found {
            match statat(&self.0, name, AtFlags::SYMLINK_NOFOLLOW).map(|stat| FileType::from_raw_mode(stat.st_mode)) {
                Err(rustix::io::Errno::NOENT) => Found::Nothing,
                Ok(FileType::RegularFile) => Found::File,
                Ok(FileType::Directory) => Found::Folder,
                Ok(FileType::Symlink) => Found::Link,
                // What it is shows when it is opened.
                Err(_) => Found::File,
                Ok(_) => Found::Other,
            }
        }

        pub(super) fn inner(&self, name: &str, creates: bool) -> io::Result<Self> {
            if creates {
                match mkdirat(&self.0, name, Mode::from_raw_mode(0o777)) {
                    Ok(()) | Err(rustix::io::Errno::EXIST) => {}
                    Err(error) => return Err(error.into()),
                }
            }
            Ok(Self(openat(&self.0, name, FOLDER | OFlags::NOFOLLOW, Mode::empty())?))
        }

        pub(super) fn read(&self, name: &str) -> io::Result<File> {
            // A queue would be waited for without `NONBLOCK`.
            let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
            Ok(File::from(openat(&self.0, name, flags, Mode::empty())?))
        }

        /// A new file; one that holds secrets is for its owner alone from the start.
        pub(super) fn create(&self, name: &str, is_private: bool) -> io::Result<File> {
            let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
            Ok(File::from(openat(&self.0, name, flags, Mode::from_raw_mode(if is_private { 0o600 } else { 0o666 }))?))
        }

        pub(super) fn rename(&self, from: &str, to: &str) -> io::Result<()> {
            Ok(renameat(&self.0, from, &self.0, to)?)
        }

        pub(super) fn remove(&self, name: &str) -> io::Result<()> {
            Ok(unlinkat(&self.0, name, AtFlags::empty())?)
        }
    }
}

/// The same by names, where the system has no other way.
#[cfg(not(unix))]
mod door {
    use std::fs::{self, File};
    use std::io;
    use std::path::{Path, PathBuf};

    use super::Found;

    #[derive(Debug)]
    pub(super) struct Door(PathBuf);

    impl Door {
        pub(super) fn open(path: &Path) -> io::Result<Self> {
            fs::read_dir(path).map(|_| Self(path.to_owned()))
        }

        pub(super) fn find(&self, name: &str) -> Found {
            match fs::symlink_metadata(self.0.join(name)).map(|found| found.file_type()) {
                Err(error) if error.kind() == io::ErrorKind::NotFound => Found::Nothing,
                Err(_) => Found::File,
                Ok(found) if found.is_symlink() => Found::Link,
                Ok(found) if found.is_dir() => Found::Folder,
                Ok(found) if found.is_file() => Found::File,
                Ok(_) => Found::Other,
            }
        }

        pub(super) fn inner(&self, name: &str, creates: bool) -> io::Result<Self> {
            let path = self.0.join(name);
            if creates {
                fs::create_dir_all(&path)?;
            }
            Self::open(&path)
        }

        pub(super) fn read(&self, name: &str) -> io::Result<File> {
            File::open(self.0.join(name))
        }

        pub(super) fn create(&self, name: &str, _: bool) -> io::Result<File> {
            File::create_new(self.0.join(name))
        }

        pub(super) fn rename(&self, from: &str, to: &str) -> io::Result<()> {
            fs::rename(self.0.join(from), self.0.join(to))
        }

        pub(super) fn remove(&self, name: &str) -> io::Result<()> {
            fs::remove_file(self.0.join(name))
        }
    }
}
