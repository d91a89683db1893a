//! Certificates that clients must show. The handshake lets everybody in; rules then answer as nginx does.

use super::super::scope::Scope;
use super::super::{FileName, OutputFile};
use super::answers::{answer, redirect};
use super::effort;
use super::formats::MapFile;
use super::lines::{Lines, Rule};
use super::variables;
use super::words::Format;
use crate::ir::{ClientAuth, Proxy, Server, Verify};
use crate::nginx::problem;

/// The check of a host, where it has authorities to check by.
pub(super) fn of(server: &Server) -> Option<&ClientAuth> {
    server.client_check().filter(|auth| auth.verify != Verify::Off)
}

/// Writes who is refused.
pub(super) fn write(server: &Server, scope: &mut Scope, lines: &mut Lines) {
    if server.client_auth.is_none() && server.client_auth_error.is_none() {
        return;
    }
    lines.code("http-request set-var(txn.is_bare) bool(true)");
    if server.client_auth_error.is_some() {
        return lines.rule(answer(403));
    }
    if let Some(auth) = of(server) {
        verify(auth, scope, lines);
    }
    if let Some(subject) = server.client_subject() {
        let rule = Rule::new("http-request return status 403 content-type text/html string 'client certificate unauthorized'");
        if let Some(longest) = effort::longest(std::iter::once(subject)) {
            lines.rule(rule.clone().code(&format!("if {{ ssl_c_s_dn(,0,rfc2253) -m len gt {longest} }}")));
        }
        // A pattern that is none fits nobody.
        let condition = if problem(subject).is_some() {
            Rule::new("")
        } else {
            // A pattern that gives up fits nobody either.
            Rule::new(" if !{ ssl_c_s_dn(,0,rfc2253) -m reg --").value(&effort::limited(subject)).code("}")
        };
        lines.rule(rule.append(&condition));
    }
    lines.code("http-request unset-var(txn.is_bare)");
}

fn verify(auth: &ClientAuth, scope: &mut Scope, lines: &mut Lines) {
    lines.comment("A certificate that was shown for another host says nothing here.");
    lines.rule(answer(421).code("if { var(txn.sni_site) -m found } !{ var(txn.sni),strcmp(txn.host) eq 0 }"));
    let mut refusals = Vec::new();
    if auth.verify == Verify::On {
        refusals.push("{ ssl_fc } !{ ssl_c_used }");
    }
    // With `optional_no_ca` it does not matter who signed: errors 2, 18 to 21 and 27 say that nobody trusted did.
    refusals.push(if auth.verify == Verify::OptionalNoCa {
        "{ ssl_c_used } !{ ssl_c_verify 0 2 18 19 20 21 27 }"
    } else {
        "{ ssl_c_used } !{ ssl_c_verify 0 }"
    });
    if auth.depth != 1 {
        scope.differs("auth-tls-verify-depth", "HAProxy does not limit the length of chains of certificates");
    }
    let page = (!auth.error_page.is_empty()).then(|| variables::format(&auth.error_page));
    for refusal in refusals {
        let rule = match &page {
            Some(Ok(page)) => redirect(302, page),
            _ => answer(400),
        };
        lines.rule(rule.code("if").code(refusal));
    }
}

/// Writes the headers that tell the backend about the certificate.
pub(super) fn tell(server: &Server, lines: &mut Lines) {
    let Some(auth) = server.client_check() else { return };
    if auth.pass_to_backend {
        lines.code("http-request del-header ssl-client-cert");
        let mut pem = Format::text("-----BEGIN%20CERTIFICATE-----%0A");
        // Lines of 64 letters, and the three letters of Base64 that URLs have another use for.
        pem.push_sample(r#"ssl_c_der,base64,regsub("(.{1,64})","\1%0A",g),regsub("[+]","%2B",g),regsub("/","%2F",g),regsub("=","%3D",g)"#);
        pem.push_text("-----END%20CERTIFICATE-----%0A");
        lines.rule(Rule::new("http-request set-header ssl-client-cert").format(&pem).code("if { ssl_c_used }"));
    }
    lines.code("http-request set-header ssl-client-verify NONE if !{ ssl_c_used }");
    lines.code("http-request set-header ssl-client-verify SUCCESS if { ssl_c_used } { ssl_c_verify 0 }");
    lines.code("http-request set-header ssl-client-verify FAILED:%[ssl_c_verify,map_int(maps/certificate-errors.map)] if { ssl_c_used } !{ ssl_c_verify 0 }");
    for (name, sample) in [("ssl-client-subject-dn", "ssl_c_s_dn(,0,rfc2253)"), ("ssl-client-issuer-dn", "ssl_c_i_dn(,0,rfc2253)")] {
        lines.code(&format!("http-request del-header {name}"));
        lines.code(&format!("http-request set-header {name} %[{sample}] if {{ ssl_c_used }}"));
    }
}

/// What OpenSSL says of the errors that clients can cause.
const ERRORS: &[(u8, &str)] = &[
    (7, "certificate signature failure"),
    (9, "certificate is not yet valid"),
    (10, "certificate has expired"),
    (18, "self-signed certificate"),
    (19, "self-signed certificate in certificate chain"),
    (20, "unable to get local issuer certificate"),
    (21, "unable to verify the first certificate"),
    (22, "certificate chain too long"),
    (23, "certificate revoked"),
    (24, "invalid CA certificate"),
    (26, "unsuitable certificate purpose"),
    (27, "certificate not trusted"),
    (28, "certificate rejected"),
];

/// The table of errors; none where no host looks at certificates.
pub(super) fn errors(proxy: &Proxy) -> Option<OutputFile> {
    let is_asked = proxy.servers.iter().any(|server| server.client_check().is_some());
    let mut table = MapFile::default();
    ERRORS.iter().for_each(|(code, words)| table.number(*code, words));
    is_asked.then(|| table.file(FileName::from("maps/certificate-errors.map")))
}
