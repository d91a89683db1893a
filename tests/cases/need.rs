//! What a case needs beyond the Rust toolchain.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::{LazyLock, Mutex};

use libtest_mimic::Trial;

/// Something that may not be here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// A program that is found by name.
    Program(&'static str),
    /// A module that nginx can load.
    NginxModule(&'static str),
    /// A module that Python can load.
    PythonModule(&'static str),
    /// A network without any other program, in which every address is one of this machine.
    Network,
    /// The recorded answers of the real controller, which lie beside the clone where they are at hand.
    Reference,
}

impl Need {
    fn is_met(self) -> bool {
        match self {
            Self::Program(name) => is_installed(name),
            Self::NginxModule(name) => modules(name).is_some(),
            Self::PythonModule(name) => can_import(name),
            Self::Network => has_network(),
            Self::Reference => reference().is_dir(),
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Program(name) | Self::NginxModule(name) | Self::PythonModule(name) => name,
            Self::Network => "network of its own (`unshare` and `ip`, as root)",
            Self::Reference => "../shared/reference",
        }
    }
}

/// Where the recorded answers are.
pub fn reference() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/reference"))
}

/// The file of a module of nginx: in the folders of `NGINX_MODULES`, else where packages put it.
pub fn modules(name: &str) -> Option<PathBuf> {
    let folders = std::env::var("NGINX_MODULES").unwrap_or_default();
    let folders = folders.split(':').filter(|folder| !folder.is_empty()).chain(["/usr/lib/nginx/modules"]);
    folders.map(|folder| PathBuf::from(folder).join(format!("{name}.so"))).find(|path| path.is_file())
}

fn is_installed(program: &'static str) -> bool {
    static KNOWN: LazyLock<Mutex<BTreeMap<&'static str, bool>>> = LazyLock::new(Mutex::default);
    let starts = || {
        // Each of them knows one of the three.
        ["--version", "-v", "version"].into_iter().any(|argument| {
            let mut command = Command::new(program);
            command.arg(argument).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
            command.status().is_ok_and(|status| status.success())
        })
    };
    *KNOWN.lock().expect("nobody panics while it is held").entry(program).or_insert_with(starts)
}

fn can_import(module: &str) -> bool {
    let mut command = Command::new("python3");
    command.args(["-c", &format!("import {module}")]).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

fn has_network() -> bool {
    static IS_GIVEN: LazyLock<bool> = LazyLock::new(|| {
        let mut command = Command::new("unshare");
        command.args(["--net", "ip", "link", "set", "lo", "up"]).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        command.status().is_ok_and(|status| status.success())
    });
    *IS_GIVEN
}

/// A case that says what went wrong by a panic. It is ignored where something is missing, and says what.
pub fn trial(name: impl Into<String>, needs: &[Need], body: impl FnOnce() + Send + 'static) -> Trial {
    let trial = Trial::test(name, move || {
        body();
        Ok(())
    });
    match needs.iter().find(|need| !need.is_met()) {
        None => trial,
        Some(missing) => trial.with_kind(format!("no {}", missing.name())).with_ignored_flag(true),
    }
}
