//! Links lead nowhere, and what is no file is never waited for.
#![cfg(unix)]

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::support::program::{Run, folder, run};
use tempfile::TempDir;

const INGRESS: &str = "\
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: web, namespace: shop, annotations: {kubernetes.io/ingress.class: nginx}}
spec:
  rules: [{host: shop.example, http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}]}}]
";

/// The text of another's file.
const MINE: &str = "machine api.example login ci password CANARY\n";

/// A folder `m` with manifests, and others around it that nobody may see.
fn tree() -> TempDir {
    folder(&[("m/in.yaml", INGRESS), ("victim/netrc", MINE), ("victim/x", "")])
}

fn link(folder: &TempDir, target: &str, name: &str) {
    let path = folder.path().join(name);
    fs::create_dir_all(path.parent().expect("it is in a folder")).expect("folders can be made");
    symlink(target, path).expect("links can be made");
}

fn render(target: &str, more: &[&str]) -> Vec<String> {
    ["render", "m", "--target", target].iter().chain(more).map(|&arg| arg.to_owned()).collect()
}

#[test]
fn nothing_is_written_through_a_link_in_any_part_of_a_name() {
    for (target, options, name, to) in [
        ("nginx", &[][..], "out/nginx.conf", "../victim/netrc"),
        ("nginx", &["--split-hosts"][..], "out/hosts", "../victim"),
        ("haproxy", &[][..], "out/maps", "../victim"),
        ("haproxy", &[][..], "out/errors", "../victim"),
        ("haproxy", &[][..], "out/maps", "../gone"),
        ("ingress-nginx", &[][..], "out/backends.json", "../victim/netrc"),
    ] {
        let folder = tree();
        link(&folder, to, name);
        let args = render(target, &[options, &["-o", "out"]].concat());
        let run = run(folder.path(), &args.iter().map(String::as_str).collect::<Vec<_>>(), "");
        assert!(run.code == Some(2) && run.stderr.contains("is a link"), "{name}: {run:?}");
        assert_eq!(fs::read_to_string(folder.path().join("victim/netrc")).expect("it stays"), MINE, "{name}");
        assert_eq!(fs::read_dir(folder.path().join("victim")).expect("it stays").count(), 2, "{name}");
        assert_eq!(fs::read_dir(folder.path().join("out")).expect("it stays").count(), 1, "{name}: something was written all the same");
        assert!(!folder.path().join("gone").exists());
    }
}

#[test]
fn a_folder_that_the_user_names_may_be_a_link() {
    let folder = tree();
    fs::create_dir(folder.path().join("real")).expect("folders can be made");
    link(&folder, "real", "out");
    assert_eq!(run(folder.path(), &["render", "m", "--target", "haproxy", "-o", "out"], "").code, Some(0));
    assert_eq!(run(folder.path(), &["render", "m", "--target", "haproxy", "-o", "out", "--check"], "").code, Some(0));
    assert!(folder.path().join("real/maps").is_dir());
}

#[test]
fn what_lies_behind_a_link_is_not_quoted() {
    for (target, name, to) in [
        ("haproxy", "out/haproxy.cfg", "../victim/netrc"),
        ("nginx", "out/nginx.conf", "../victim/netrc"),
        ("haproxy", "out/maps", "../victim"),
        ("ingress-nginx", "out/nginx.conf", "/proc/self/environ"),
    ] {
        let folder = tree();
        link(&folder, to, name);
        fs::copy(folder.path().join("victim/netrc"), folder.path().join("victim/hosts.map")).expect("files can be copied");
        let run = run(folder.path(), &["render", "m", "--target", target, "-o", "out", "--check"], "");
        assert!(run.code == Some(1) && run.stdout.contains("is a link"), "{run:?}");
        assert!(!format!("{run:?}").contains("CANARY"), "{run:?}");
    }
}

#[test]
fn settings_behind_a_link_are_refused_unless_they_are_named() {
    let folder = tree();
    link(&folder, "victim/netrc", "ingressc.toml");
    let found = run(folder.path(), &["check", "m"], "");
    assert_eq!((found.code, found.stderr.as_str()), (Some(2), "error: the settings file `ingressc.toml` is a link\n"), "{found:?}");
    fs::write(folder.path().join("victim/settings"), "[rules]\n").expect("files can be written");
    link(&folder, "victim/settings", "named.toml");
    assert_eq!(run(folder.path(), &["check", "m", "--config", "named.toml"], "").code, Some(0));
}

/// Runs the program, which must end soon.
fn soon(folder: &Path, args: &[&str]) -> Run {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ingressc"));
    command.args(args).current_dir(folder).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("the program starts");
    let begin = Instant::now();
    while child.try_wait().expect("the program is there").is_none() {
        if begin.elapsed() > Duration::from_secs(30) {
            child.kill().expect("the program is there");
            panic!("{args:?} waits");
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    let output = child.wait_with_output().expect("the program has ended");
    let text = |bytes| String::from_utf8(bytes).expect("the program writes UTF-8");
    Run { code: output.status.code(), stdout: text(output.stdout), stderr: text(output.stderr) }
}

fn queue(folder: &TempDir, name: &str) {
    let path = folder.path().join(name);
    fs::create_dir_all(path.parent().expect("it is in a folder")).expect("folders can be made");
    assert!(Command::new("mkfifo").arg(path).status().expect("`mkfifo` is there").success());
}

#[test]
fn nobody_waits_for_a_queue() {
    for (name, args) in [
        ("q.yaml", &["check", "q.yaml"][..]),
        ("m/q.yaml", &["check", "m"][..]),
        ("m/.gitignore", &["check", "m"][..]),
        ("m/.ignore", &["check", "m"][..]),
        (".gitignore", &["check", "m"][..]),
        ("m/deep/.gitignore", &["check", "m"][..]),
        ("ingressc.toml", &["check", "m"][..]),
        ("q.toml", &["check", "m", "--config", "q.toml"][..]),
        ("q.conf", &["diff", "m", "--live", "q.conf"][..]),
        ("out/nginx.conf", &["render", "m", "--target", "nginx", "-o", "out"][..]),
    ] {
        let folder = tree();
        queue(&folder, name);
        let run = soon(folder.path(), args);
        assert!(run.code == Some(2) && format!("{}{}", run.stdout, run.stderr).contains("is no file"), "{name}: {run:?}");
    }
    let folder = tree();
    queue(&folder, "out/nginx.conf");
    let run = soon(folder.path(), &["render", "m", "--target", "nginx", "-o", "out", "--check"]);
    assert!(run.code == Some(1) && run.stdout.contains("out/nginx.conf is no file"), "{run:?}");
    let run = soon(folder.path(), &["check", "/dev/zero"]);
    assert!(run.code == Some(2) && run.stdout.contains("`/dev/zero` is no file"), "{run:?}");
}

#[test]
fn streams_of_the_shell_are_read() {
    let folder = tree();
    let shell = |line: &str| {
        let mut command = Command::new("bash");
        command.args(["-c", line]).env("INGRESSC", env!("CARGO_BIN_EXE_ingressc")).current_dir(folder.path());
        command.output().expect("`bash` is there")
    };
    for line in [
        "\"$INGRESSC\" check <(cat m/in.yaml)",
        "cat m/in.yaml | \"$INGRESSC\" check -",
        "cat m/in.yaml | \"$INGRESSC\" check /dev/stdin",
        "\"$INGRESSC\" check - < m/in.yaml",
        "\"$INGRESSC\" check m --config <(echo '[rules]')",
        "\"$INGRESSC\" render m --target ingress-nginx > live && \"$INGRESSC\" diff m --live <(cat live)",
    ] {
        let output = shell(line);
        assert_eq!(output.status.code(), Some(0), "{line}: {}", String::from_utf8_lossy(&output.stderr));
    }
}
