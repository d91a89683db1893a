//! The one template environment.
//!
//! It knows no filter and no function, so that templates can only print, branch and include.

use std::sync::{Arc, LazyLock};

use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Object, Value, ValueKind};
use minijinja::{Environment, Error, ErrorKind, Output, State, UndefinedBehavior};

use super::quote;
use super::view::{Text, switch};
use crate::diagnostic::Diagnostic;

macro_rules! templates {
    ($($name:literal)*) => { &[$(($name, include_str!(concat!("../../templates/", $name)))),*] };
}

const TEMPLATES: &[(&str, &str)] = templates![
    "haproxy/haproxy.cfg"
    "ingress_nginx/auth.conf"
    "ingress_nginx/auth_upstreams.conf"
    "ingress_nginx/backend_tls.conf"
    "ingress_nginx/cors.conf"
    "ingress_nginx/error_page.conf"
    "ingress_nginx/forwarding.conf"
    "ingress_nginx/geo.conf"
    "ingress_nginx/http.conf"
    "ingress_nginx/http_end.conf"
    "ingress_nginx/host_redirect.conf"
    "ingress_nginx/inline/external_auth.conf"
    "ingress_nginx/inline/init.conf"
    "ingress_nginx/inline/init_stream.conf"
    "ingress_nginx/inline/initialized.conf"
    "ingress_nginx/inline/location.conf"
    "ingress_nginx/inline/redirect.conf"
    "ingress_nginx/location.conf"
    "ingress_nginx/location_begin.conf"
    "ingress_nginx/location_end.conf"
    "ingress_nginx/nginx.conf"
    "ingress_nginx/route.conf"
    "ingress_nginx/server.conf"
    "ingress_nginx/server_end.conf"
    "ingress_nginx/sign_in.conf"
    "ingress_nginx/stream.conf"
    "nginx/nginx.conf"
    "nginx/nginx_end.conf"
];

static ENVIRONMENT: LazyLock<Environment<'static>> = LazyLock::new(environment);

fn environment() -> Environment<'static> {
    let mut environment = Environment::empty();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_formatter(print);
    environment.add_test("none", |value: &Value| value.is_none());
    // The delimiters are the defaults, which cannot be refused.
    if let Ok(syntax) = SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).keep_trailing_newline(true).build() {
        environment.set_syntax(syntax);
    }
    for (name, source) in TEMPLATES {
        // A template that does not compile is missing later on; a test compiles all of them.
        let _ = environment.add_template(name, source);
    }
    environment
}

/// Prints numbers and what Rust code made [`Raw`](super::view::Raw) as they are, switches as `on` and `off`, quotes every other text,
/// refuses the rest.
fn print(output: &mut Output<'_>, _: &mut State<'_, '_>, value: &Value) -> Result<(), Error> {
    if let Some(raw) = value.downcast_object_ref::<Text>() {
        return Ok(output.write_str(raw.as_str())?);
    }
    if let Some(text) = value.as_str() {
        let word = quote::nginx_word(text).ok_or_else(|| Error::new(ErrorKind::BadEscape, "a NUL cannot be quoted"))?;
        return Ok(output.write_str(&word)?);
    }
    if value.kind() == ValueKind::Number {
        return Ok(output.write_fmt(format_args!("{value}"))?);
    }
    if let Ok(on) = bool::try_from(value.clone()) {
        return Ok(output.write_str(switch(on))?);
    }
    Err(Error::new(ErrorKind::InvalidOperation, format!("a {} cannot be printed", value.kind())))
}

/// Prints a view with a template.
///
/// # Errors
/// A finding about ourselves: the template does not fit the view, or a value cannot be quoted.
pub(super) fn render<T: Object + 'static>(template: &str, view: T) -> Result<String, Box<Diagnostic>> {
    render_shared(template, &Arc::new(view))
}

/// The same for a view that is kept.
///
/// # Errors
/// The same.
pub(super) fn render_shared<T: Object + 'static>(template: &str, view: &Arc<T>) -> Result<String, Box<Diagnostic>> {
    let print = || ENVIRONMENT.get_template(template)?.render(Value::from_dyn_object(Arc::clone(view)));
    // The buffer grew by doubling and more: of a hundred thousand parts, each would keep several times its size.
    let print = || {
        print().map(|mut text: String| {
            text.shrink_to_fit();
            text
        })
    };
    print().map_err(|error: Error| Box::new(Diagnostic::error("cannot-render", format!("`{template}` cannot be printed: {error}"))))
}
