//! `--watch` tells what is new and what is gone, and writes what differs.

use std::io::{BufRead as _, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::time::{Duration, Instant};

use crate::support::program::{folder, run};

/// More than a machine needs that has much else to do.
const PATIENCE: Duration = Duration::from_secs(60);

const INGRESS: &str = "apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: web
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/proxy-body-size: 8m
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example
    http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}]}
";

/// The program while it watches, and the lines that it has written so far.
struct Watching {
    child: Child,
    lines: Receiver<String>,
}

impl Drop for Watching {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Watching {
    fn start(folder: &Path, args: &[&str]) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_ingressc"));
        command.args(args).current_dir(folder).env_clear().stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("the program starts");
        let (tell, lines) = mpsc::channel();
        let out: Box<dyn Read + Send> = Box::new(child.stdout.take().expect("it is piped"));
        let err: Box<dyn Read + Send> = Box::new(child.stderr.take().expect("it is piped"));
        for stream in [out, err] {
            let tell = tell.clone();
            std::thread::spawn(move || BufReader::new(stream).lines().map_while(Result::ok).try_for_each(|line| tell.send(line)));
        }
        Self { child, lines }
    }

    /// The lines up to the first one that holds some text.
    fn until(&self, text: &str) -> Vec<String> {
        let (start, mut seen) = (Instant::now(), Vec::new());
        while let Some(left) = PATIENCE.checked_sub(start.elapsed()) {
            let Ok(line) = self.lines.recv_timeout(left) else { break };
            let is_last = line.contains(text);
            seen.push(line);
            if is_last {
                return seen;
            }
        }
        panic!("no line holds {text:?}: {seen:#?}");
    }
}

#[test]
fn a_check_goes_on_with_what_is_new_and_what_is_gone() {
    let wrong = INGRESS.replace("8m", "8MB");
    let folder = folder(&[("in/web.yaml", &wrong)]);
    let file = folder.path().join("in/web.yaml");
    let write = |text: &str| std::fs::write(&file, text).expect("files can be written");
    let watching = Watching::start(folder.path(), &["check", "in", "--watch"]);
    watching.until("warning[bad-annotation-value]");
    watching.until("1 warning");
    // Lines that move make nothing new.
    write(&format!("# moved\n{}", wrong.replace("    nginx", "    nginx.ingress.kubernetes.io/proxy-bodysize: 9m\n    nginx")));
    let lines = watching.until("2 warnings");
    assert!(lines.iter().any(|line| line.contains("[unknown-annotation]")), "{lines:#?}");
    assert!(!lines.iter().any(|line| line.contains("[bad-annotation-value]")), "{lines:#?}");
    // What is broken for a moment does not end it.
    write("kind: [\n");
    watching.until("[yaml-syntax]");
    write(INGRESS);
    let lines = watching.until("no findings");
    assert!(lines.iter().any(|line| line.starts_with("gone: error[yaml-syntax] in in/web.yaml: ")), "{lines:#?}");
    // A file that comes is seen as well.
    std::fs::write(folder.path().join("in/more.yaml"), INGRESS.replace("name: web\n  namespace", "name: api\n  namespace"))
        .expect("it is written");
    watching.until("[overridden-path]");
}

#[test]
fn what_is_rendered_is_written_again_where_it_differs() {
    let folder = folder(&[("web.yaml", INGRESS)]);
    let watching = Watching::start(folder.path(), &["render", "web.yaml", "--target", "nginx", "-o", "out", "--split-hosts", "--watch"]);
    let lines = watching.until("wrote out/hosts/shop.example.conf");
    assert!(lines.iter().any(|line| line.contains("wrote out/nginx.conf")), "{lines:#?}");
    std::fs::write(folder.path().join("web.yaml"), INGRESS.replace("8m", "9m")).expect("files can be written");
    let lines = watching.until("wrote ");
    assert!(lines.last().is_some_and(|line| line.ends_with("hosts/shop.example.conf")), "{lines:#?}");
    let host = std::fs::read_to_string(folder.path().join("out/hosts/shop.example.conf")).expect("it is there");
    assert!(host.contains("client_max_body_size 9m;"), "{host}");
}

#[test]
fn what_cannot_change_is_not_watched() {
    let folder = folder(&[("web.yaml", INGRESS)]);
    for (args, why) in [
        (&["check", "-", "--watch"][..], "files and folders, which change"),
        (&["check", "web.yaml", "--watch", "--format", "json"], "cannot be used with"),
        (&["check", "web.yaml", "--watch", "--fix"], "cannot be used with"),
        (&["render", "web.yaml", "--target", "nginx", "--watch"], "--output"),
        (&["check", "none.d/none.yaml", "--watch"], "cannot watch `none.d`"),
    ] {
        let run = run(folder.path(), args, INGRESS);
        assert_eq!(run.code, Some(2), "{run:?}");
        assert!(run.stderr.contains(why), "{why}: {run:?}");
    }
}
