#include "cli/flags.h"

#include <algorithm>
#include <array>
#include <numeric>
#include <utility>

#include "base/text.h"

namespace bulla::cli {
namespace {

constexpr Verbs kSealing = kSign | kEncrypt | kSeal | kCompress;
constexpr Verbs kOpening = kOpen | kVerify | kDecrypt;
constexpr Verbs kMessage = kSealing | kOpening;
constexpr Verbs kAll = kMessage | kInspect | kRecipients | kConvert;
constexpr Verbs kKept = kCert | kKey | kStore | kCa;
constexpr Verbs kPassphrase = kSign | kSeal | kOpen | kDecrypt | kBatch | kAddRecipients |
                              kCertImport | kKeyImport | kKeyRequest | kKeyRenew | kCanSend |
                              kCaIssue | kCaCrl | kCaOcsp;

constexpr Verbs kTokens = kSign | kSeal | kOpen | kDecrypt | kBatch | kAddRecipients | kCanSend |
                          kKeyImport | kKeyRequest | kKeyRenew | kCaIssue | kCaCrl | kCaOcsp;

constexpr std::array kVerbs = {
    VerbRow{kSign, "sign", "[FILE]", "add a signature to a message",
            "bulla sign -i alice.pem letter.eml -o signed.eml\n"
            "bulla sign -i alice.p12 --form der report.pdf -o report.pdf.p7s"},
    VerbRow{kEncrypt, "encrypt", "[FILE]", "encrypt a message for its recipients",
            "bulla encrypt -r bob.crt -r carol.crt letter.eml -o encrypted.eml"},
    VerbRow{kSeal, "seal", "[FILE]", "sign, then encrypt, and protect the header",
            "bulla seal -i alice.pem -r bob.crt letter.eml -o sealed.eml\n"
            "bulla seal -i alice.pem -r bob.crt --triple letter.eml -o wrapped.eml"},
    VerbRow{kOpen, "open", "[FILE]", "take off every layer of protection and judge the message",
            "bulla open -i bob.pem --trust root.crt sealed.eml -o letter.eml\n"
            "bulla open -i bob.pem --json verdict.json sealed.eml -o letter.eml"},
    VerbRow{kVerify, "verify", "[FILE]", "check the signatures of a message",
            "bulla verify --trust root.crt signed.eml\n"
            "bulla verify --content report.pdf report.pdf.p7s"},
    VerbRow{kDecrypt, "decrypt", "[FILE]", "take off the encryption, and check no signature",
            "bulla decrypt -i bob.pem encrypted.eml -o signed.eml"},
    VerbRow{kCompress, "compress", "[FILE]", "compress a message",
            "bulla compress letter.eml -o compressed.eml"},
    VerbRow{kInspect, "inspect", "[FILE]", "show how a message is built; no key is needed",
            "bulla inspect sealed.eml\n"
            "bulla inspect --json - sealed.eml"},
    VerbRow{kBatch, "batch", "VERB INPUT", "do a verb for every message of a mailbox or a folder",
            "bulla batch verify --trust root.crt Maildir\n"
            "bulla batch open -i bob.pem --out opened --report report.jsonl inbox.mbox\n"
            "find mail -name '*.eml' -print0 | bulla batch verify -0 -"},
    VerbRow{kRecipients, "recipients", "list|add|remove [FILE]",
            "say who can open a message, and change that",
            "bulla recipients list sealed.eml\n"
            "bulla recipients add -i bob.pem -r dave.crt sealed.eml -o for_dave.eml\n"
            "bulla recipients remove -r carol.crt sealed.eml -o without_carol.eml"},
    VerbRow{kConvert, "convert", "[FILE]",
            "write a signed message in the other form, with the same signature",
            "bulla convert --to opaque signed.eml -o opaque.eml\n"
            "bulla convert --to clear opaque.eml -o signed.eml"},
    VerbRow{kCert, "cert", "VERB [WHAT]...", "keep certificates, and say which roots are trusted",
            "bulla cert import bob.crt\n"
            "bulla cert show bob@example.com\n"
            "bulla cert trust root.crt"},
    VerbRow{kKey, "key", "VERB [WHAT]...", "keep private keys, with their certificates",
            "bulla key import alice.p12\n"
            "bulla key generate --address alice@example.com\n"
            "bulla key list"},
    VerbRow{kStore, "store", "VERB [FILE]", "look after the store of certificates and keys",
            "bulla store status\n"
            "bulla store backup copy.db"},
    VerbRow{kCa, "ca", "VERB [WHAT]...", "issue certificates for mail, for a team",
            "bulla ca init --name 'Example Mail CA'\n"
            "bulla ca issue request.pem --address alice@example.com -o alice.pem\n"
            "bulla ca revoke alice@example.com --reason keyCompromise"},
    VerbRow{kCanSend, "can-send", "[WHO]...",
            "say beforehand whether, and how, one can write to people",
            "bulla can-send --from alice@example.com --to bob@example.com carol@example.com\n"
            "bulla can-send --to-list people.txt --json -"},
    VerbRow{kDoctor, "doctor", "", "show what is there, and what will be missing",
            "bulla doctor --algorithms\n"
            "bulla doctor --expiry --within 60"},
    VerbRow{kCompletion, "completion", "SHELL", "print the completions for bash, zsh or fish",
            "bulla completion bash > ~/.local/share/bash-completion/completions/bulla"},
    VerbRow{kHelp, "help", "[VERB]...", "explain a verb",
            "bulla help seal\n"
            "bulla help cert import"},
};

// The second words of verbs. In a batch each has its own flags and those of kBatch.
constexpr std::array kSubverbs = {
    VerbRow{kBatch | kSign, "batch sign", "INPUT", "sign every message",
            "bulla batch sign -i alice.pem --out signed letters"},
    VerbRow{kBatch | kEncrypt, "batch encrypt", "INPUT", "encrypt every message",
            "bulla batch encrypt -r bob.crt --out encrypted letters"},
    VerbRow{kBatch | kSeal, "batch seal", "INPUT", "sign and encrypt every message",
            "bulla batch seal -i alice.pem -r bob.crt --out sealed letters"},
    VerbRow{kBatch | kOpen, "batch open", "INPUT", "open and judge every message",
            "bulla batch open -i bob.pem --out opened --manifest archive.txt Maildir"},
    VerbRow{kBatch | kVerify, "batch verify", "INPUT", "check the signatures of every message",
            "bulla batch verify --trust root.crt --report report.jsonl Maildir"},
    VerbRow{kBatch | kDecrypt, "batch decrypt", "INPUT", "decrypt every message",
            "bulla batch decrypt -i bob.pem --out decrypted inbox.mbox"},
    VerbRow{kListRecipients, "recipients list", "[FILE]", "say who can open a message",
            "bulla recipients list sealed.eml"},
    VerbRow{kAddRecipients, "recipients add", "[FILE]",
            "let more people open a message, without encrypting it again",
            "bulla recipients add -i bob.pem -r dave.crt sealed.eml -o for_dave.eml"},
    VerbRow{kRemoveRecipients, "recipients remove", "[FILE]",
            "take people out of the list of a message",
            "bulla recipients remove -r carol.crt sealed.eml -o without_carol.eml\n"
            "bulla recipients remove --number 2 sealed.eml -o without_the_second.eml"},
    VerbRow{kCertImport, "cert import", "WHAT...",
            "keep the certificates of files, folders and signed mails",
            "bulla cert import bob.crt chain.p7b\n"
            "bulla cert import --trust root.crt signed.eml"},
    VerbRow{kCertList, "cert list", "", "list what is kept", "bulla cert list"},
    VerbRow{kCertShow, "cert show", "WHAT", "explain a certificate: a file's or a kept one",
            "bulla cert show bob@example.com\n"
            "bulla cert show bob.crt"},
    VerbRow{kCertFind, "cert find", "WHAT",
            "look for an address, a fingerprint, or text in a subject",
            "bulla cert find bob@example.com\n"
            "bulla cert find 'Example Ltd'\n"
            "bulla cert find bob@example.com --smimea --keep"},
    VerbRow{kCertCheck, "cert check", "WHAT...",
            "say what in certificates is against the standards for mail",
            "bulla cert check bob.crt\n"
            "bulla cert check --baseline individual-strict bob.crt\n"
            "bulla cert check --list"},
    VerbRow{kCertExport, "cert export", "WHAT...", "write certificates that are kept",
            "bulla cert export bob@example.com -o bob.pem"},
    VerbRow{kCertPublish, "cert publish", "WHAT...",
            "write certificates as others can look them up",
            "bulla cert publish --smimea bob@example.com\n"
            "bulla cert publish --ldif --dn uid=bob,dc=example,dc=com bob@example.com\n"
            "bulla cert publish --p7c bob@example.com -o bob.p7c"},
    VerbRow{kCertTrust, "cert trust", "WHAT...", "let a root count for mail",
            "bulla cert trust root.crt\n"
            "bulla cert trust --until 2030-01-01 root.crt"},
    VerbRow{kCertDistrust, "cert distrust", "WHAT...",
            "let a root not count, whatever the system says", "bulla cert distrust old_root.crt"},
    VerbRow{kCertRemove, "cert remove", "WHAT...", "forget certificates; keys stay",
            "bulla cert remove 6f2a91c04be37d18"},
    VerbRow{kKeyGenerate, "key generate", "", "make a private key, for which a CA is then asked",
            "bulla key generate --address alice@example.com --name 'Alice Lovelace'\n"
            "bulla key generate --address alice@example.com --type p256"},
    VerbRow{kKeyRequest, "key request", "WHAT", "write what asks a CA for a certificate",
            "bulla key request alice@example.com -o request.pem\n"
            "bulla key request alice@example.com --form mail -o request.eml"},
    VerbRow{kKeyRenew, "key renew", "WHAT", "ask for the next certificate, with a new key",
            "bulla key renew alice@example.com -o request.pem\n"
            "bulla key renew --same-key alice@example.com -o request.pem"},
    VerbRow{kKeyImport, "key import", "FILE...",
            "keep the private keys of files or tokens, with their certificates",
            "bulla key import alice.p12\n"
            "bulla key import --new-passphrase-file secret alice.pem"},
    VerbRow{kKeyList, "key list", "", "list the private keys", "bulla key list"},
    VerbRow{kKeyExport, "key export", "WHAT", "write a private key, encrypted as it is kept",
            "bulla key export alice@example.com -o alice.pem"},
    VerbRow{kStoreInit, "store init", "", "make the store, if there is none", "bulla store init"},
    VerbRow{kStoreStatus, "store status", "", "say where the store is and how much is in it",
            "bulla store status"},
    VerbRow{kStoreVerify, "store verify", "", "look for damage, and for changes by others",
            "bulla store verify"},
    VerbRow{kStoreBackup, "store backup", "FILE", "copy the store, while others go on",
            "bulla store backup copy.db"},
    VerbRow{kStoreRestore, "store restore", "FILE",
            "take over all of a backup, or of another store",
            "bulla store restore copy.db\n"
            "bulla store restore --store postgresql:///mail ~/.local/share/bulla/store.db"},
    VerbRow{kStoreSync, "store sync", "STORE", "take over what another store knows",
            "bulla store sync postgresql:///mail\n"
            "bulla store sync --keys --roots old-laptop.db"},
    VerbRow{kCaInit, "ca init", "", "make a CA in the store: a key, and a root that is trusted",
            "bulla ca init --name 'Example Mail CA' -o root.pem\n"
            "bulla ca init --name 'Example Mail CA' --crl-url http://pki.example.com/mail.crl"},
    VerbRow{kCaIssue, "ca issue", "[FILE]", "issue the certificate that a request asks for",
            "bulla ca issue request.pem --address alice@example.com -o alice.pem\n"
            "bulla ca issue request.eml --address alice@example.com --form mail -o answer.eml"},
    VerbRow{kCaRevoke, "ca revoke", "WHAT...", "declare that certificates count no longer",
            "bulla ca revoke alice@example.com --reason keyCompromise"},
    VerbRow{kCaList, "ca list", "", "list what was issued", "bulla ca list"},
    VerbRow{kCaCrl, "ca crl", "", "write the list of what is revoked",
            "bulla ca crl -o mail.crl\n"
            "bulla ca crl --days 30 --form pem"},
    VerbRow{kCaOcsp, "ca ocsp", "[FILE]", "answer a request of OCSP",
            "bulla ca ocsp request.der -o answer.der"},
};

constexpr std::array kFlags = {
    FlagRow{"--identity", "-i", "IDENTITY", Value::File, Repeat::Many,
            kSign | kSeal | kOpen | kDecrypt | kAddRecipients,
            "a key with its certificate: PEM or PKCS #12 file, or an address in the store"},
    FlagRow{"--output", "-o", "FILE", Value::File, Repeat::Once, kCaInit,
            "where the root's certificate goes as well, in PEM"},
    FlagRow{"--recipient", "-r", "RECIPIENT", Value::File, Repeat::Many,
            kEncrypt | kSeal | kAddRecipients | kRemoveRecipients,
            "whom to encrypt to, or to take out: a certificate file, or an address in the store"},
    FlagRow{"--from", "", "IDENTITY", Value::File, Repeat::Once, kCanSend,
            "who signs: a key with its certificate, or an address in the store"},
    FlagRow{"--to", "", "RECIPIENT", Value::File, Repeat::Many, kCanSend,
            "whom to encrypt to: a certificate file, or an address in the store"},
    FlagRow{"--to-list", "", "FILE", Value::File, Repeat::Many, kCanSend,
            "a file with a recipient a line; - is standard input"},
    FlagRow{"--number", "", "N", Value::Text, Repeat::Many, kRemoveRecipients,
            "whom to take out, by the number in 'recipients list'"},
    FlagRow{"--to", "", "clear|opaque", Value::Choice, Repeat::Once, kConvert,
            "the form that the message shall have: multipart/signed, or application/pkcs7-mime"},
    FlagRow{"--output", "-o", "FILE", Value::File, Repeat::Once,
            kAll | kAlone | kCertFind | kCertExport | kCertPublish | kKeyExport | kKeyRequest |
                kKeyRenew | kCaIssue | kCaCrl | kCaOcsp,
            "where the result goes; without it standard output"},
    FlagRow{"--learn-from", "", "MAIL", Value::File, Repeat::Many, kEncrypt | kSeal | kCanSend,
            "a signed mail of a recipient: algorithms are chosen by what it says they can read"},
    FlagRow{
        "--trust", "", "ROOTS", Value::File, Repeat::Many,
        kOpen | kVerify | kEncrypt | kSeal | kAddRecipients | kCertImport | kCertFind | kCanSend,
        "trusted roots: a PEM file, a folder, 'system' or 'store' (default: both; in "
        "encrypting none, and recipients are taken as given)"},
    FlagRow{"--certs", "", "FILE", Value::File, Repeat::Many,
            kSign | kEncrypt | kSeal | kOpening | kAddRecipients | kCanSend,
            "more certificates, to find signers and paths with; not trusted"},
    FlagRow{"--crls", "", "FILE", Value::File, Repeat::Many,
            kOpen | kVerify | kEncrypt | kSeal | kAddRecipients | kCanSend,
            "certificate revocation lists"},
    FlagRow{"--revocation", "", "off|soft|hard", Value::Choice, Repeat::Once,
            kOpen | kVerify | kEncrypt | kSeal | kAddRecipients | kCanSend,
            "whether certificates must be known not to be revoked (default: soft)"},
    FlagRow{"--online", "", "", Value::None, Repeat::Once,
            kOpen | kVerify | kEncrypt | kSeal | kAddRecipients | kCanSend,
            "fetch what certificates refer to: their issuers, revocation lists, OCSP answers"},
    FlagRow{"--online-host", "", "HOST[:PORT]", Value::Text, Repeat::Many,
            kOpen | kVerify | kEncrypt | kSeal | kAddRecipients | kCanSend,
            "with --online: a host of your own, asked at a private address and any port"},
    FlagRow{"--at", "", "TIME", Value::Text, Repeat::Once,
            kMessage | kAddRecipients | kRemoveRecipients | kCertImport | kCertShow | kCertFind |
                kCertPublish | kCanSend | kDoctor | kCa,
            "the time to judge at: ISO 8601, or @seconds (default: now)"},
    FlagRow{"--since", "", "TIME", Value::Text, Repeat::Once, kCertTrust,
            "messages that are judged at an earlier time do not count on the root"},
    FlagRow{"--until", "", "TIME", Value::Text, Repeat::Once, kCertTrust,
            "nor those at a later time"},
    FlagRow{"--baseline", "", "PROFILE", Value::Text, Repeat::Once, kCertCheck,
            "the profile of the Baseline Requirements of the CA/Browser Forum: 'none', or such as "
            "'mailbox-strict' (default: the one that the certificate's policy names)"},
    FlagRow{"--list", "", "", Value::None, Repeat::Once, kCertCheck,
            "list what is checked, with the standards that want it"},
    FlagRow{"--smimea", "", "", Value::None, Repeat::Once, kCertPublish,
            "as records for a zone of the DNS (RFC 8162)"},
    FlagRow{"--smimea", "", "", Value::None, Repeat::Once, kCertFind,
            "ask the signed DNS (RFC 8162)"},
    FlagRow{"--dns-cert", "", "", Value::None, Repeat::Once, kCertFind,
            "ask the DNS for CERT records (RFC 4398)"},
    FlagRow{"--ldap", "", "URI", Value::Text, Repeat::Many, kCertFind,
            "ask a directory, such as ldaps://ldap.example.com/dc=example,dc=com"},
    FlagRow{"--starttls", "", "", Value::None, Repeat::Once, kCertFind,
            "with --ldap: encrypt the connection, or do not ask"},
    FlagRow{"--http", "", "TEMPLATE", Value::Text, Repeat::Many, kCertFind,
            "ask a web server, such as 'https://keys.example.com/{address}.p7c'"},
    FlagRow{"--keep", "", "", Value::None, Repeat::Once, kCertFind,
            "keep what is found; what nothing vouches for, and another key than the address has, "
            "is held"},
    FlagRow{"--wait", "", "SECONDS", Value::Text, Repeat::Once, kCertFind,
            "how long to wait for all answers together (default: 5)"},
    FlagRow{"--refresh", "", "", Value::None, Repeat::Once, kCertFind,
            "ask those too who had nothing, or gave no answer, a short time ago"},
    FlagRow{"--dns-server", "", "ADDRESS", Value::Text, Repeat::Once, kCertFind,
            "the name server to ask, HOST or HOST:PORT in digits (default: those of the system)"},
    FlagRow{"--trust-anchor", "", "FILE", Value::File, Repeat::Once, kCertFind,
            "DS or DNSKEY records that DNSSEC starts from (default: the root's)"},
    FlagRow{"--ldif", "", "", Value::None, Repeat::Once, kCertPublish,
            "as a change of an entry in a directory, for ldapmodify"},
    FlagRow{"--dn", "", "NAME", Value::Text, Repeat::Once, kCertPublish,
            "with --ldif: the distinguished name of the entry"},
    FlagRow{"--p7c", "", "", Value::None, Repeat::Once, kCertPublish,
            "as one certs-only message, with the issuers"},
    FlagRow{"--address", "", "ADDRESS", Value::Text, Repeat::Many, kKeyMaking | kCaIssue,
            "the mail address that the certificate is to be for"},
    FlagRow{"--name", "", "NAME", Value::Text, Repeat::Once, kKeyMaking | kCaInit | kCaIssue,
            "whom the certificate is to name: its common name"},
    FlagRow{"--subject", "", "NAME", Value::Text, Repeat::Once,
            kKeyRequest | kKeyRenew | kCaInit | kCaIssue,
            "the whole subject, such as 'CN=Alice Lovelace,O=Example,C=DE'"},
    FlagRow{"--type", "", "TYPE", Value::Text, Repeat::Once, kKeyGenerate | kKeyRenew,
            "the new key: such as rsa-3072, p256, ed25519 or ml-dsa-65 (default: rsa-3072; for "
            "renew the type of before)"},
    FlagRow{"--type", "", "TYPE", Value::Text, Repeat::Once, kCaInit,
            "the key of the CA: such as p256, p384 or rsa-3072 (default: p256)"},
    FlagRow{"--keys", "", "", Value::None, Repeat::Once, kStoreSync,
            "take over private keys too, as they are"},
    FlagRow{"--roots", "", "", Value::None, Repeat::Once, kStoreSync,
            "trust the roots that the other store trusts"},
    FlagRow{"--ca", "", "WHICH", Value::Text, Repeat::Once, kCa & ~Verbs{kCaInit},
            "which CA, where there are several: a fingerprint, or text in its name"},
    FlagRow{"--days", "", "N", Value::Text, Repeat::Once, kCaInit | kCaIssue | kCaCrl | kCaOcsp,
            "how long it is valid (default: a CA 3650, a certificate 730, a list 7, an answer 1)"},
    FlagRow{"--crl-url", "", "URL", Value::Text, Repeat::Once, kCaInit,
            "where the list of what is revoked will stand, for what is issued"},
    FlagRow{"--ocsp-url", "", "URL", Value::Text, Repeat::Once, kCaInit,
            "where requests of OCSP will be answered"},
    FlagRow{"--issuer-url", "", "URL", Value::Text, Repeat::Once, kCaInit,
            "where the root's certificate will stand, in DER"},
    FlagRow{"--reason", "", "REASON", Value::Text, Repeat::Once, kCaRevoke,
            "why: such as keyCompromise, superseded, affiliationChanged or cessationOfOperation"},
    FlagRow{"--new-key", "", "", Value::None, Repeat::Once, kKeyRenew,
            "make a new key, and keep the old one for old mail (the default)"},
    FlagRow{"--same-key", "", "", Value::None, Repeat::Once, kKeyRenew, "ask for the same key"},
    FlagRow{"--plain", "", "", Value::None, Repeat::Once,
            kKeyImport | kKeyGenerate | kKeyRenew | kCaInit,
            "keep keys that have no passphrase as they are: whoever reads the file has them"},
    FlagRow{"--new-passphrase-file", "", "FILE", Value::File, Repeat::Once,
            kKeyImport | kKeyGenerate | kKeyRenew | kCaInit,
            "a file whose first line becomes the passphrase of keys that have none"},
    FlagRow{"--require", "", "LIST", Value::Text, Repeat::Once, kOpen,
            "what the message must have: 'signed', 'encrypted', 'signed,encrypted' or 'none' "
            "(default: one of the two)"},
    FlagRow{"--release", "", "sound|any", Value::Choice, Repeat::Once, kOpen | kVerify,
            "whether the content of an invalid message is written (default: sound)"},
    FlagRow{"--profile", "", "NAME", Value::Text, Repeat::Once,
            kSign | kEncrypt | kSeal | kOpening | kCanSend,
            "the rule book for algorithms, such as fips or edi-energy; 'bulla doctor --profiles' "
            "lists them"},
    FlagRow{"--store", "", "STORE", Value::File, Repeat::Once,
            kSign | kEncrypt | kSeal | kOpening | kAddRecipients | kRemoveRecipients | kKept |
                kCanSend | kDoctor,
            "where the store is: postgresql://..., or a file of SQLite"},
    FlagRow{"--tsa", "", "URL|IDENTITY", Value::File, Repeat::Once, kSign | kSeal,
            "who puts timestamps on signatures: the URL of an authority, or a key with a "
            "certificate for timestamps"},
    FlagRow{"--countersign", "", "", Value::None, Repeat::Once, kSign | kAlone,
            "sign the signatures of a signed message, and leave the rest of it as it is"},
    FlagRow{"--legacy", "", "", Value::None, Repeat::Once, kOpening,
            "read what old senders wrote, each thing named as a warning"},
    FlagRow{"--part", "", "PATH", Value::Text, Repeat::Once, kOpening,
            "look at this MIME part alone, such as 1.2"},
    FlagRow{"--content", "", "FILE", Value::File, Repeat::Once, kOpening | kAlone,
            "the content of a detached signature, or a ciphertext that stands apart"},
    FlagRow{"--form", "", "mail|der|pem|content", Value::Choice, Repeat::Once,
            kMessage | kCertExport,
            "sealing: mail, der or pem; opening: mail, or content as it was carried; certificates: "
            "pem or der"},
    FlagRow{"--form", "", "der|mail", Value::Choice, Repeat::Once, kCertPublish,
            "with --p7c: der, the file, or mail: a MIME entity (default: der)"},
    FlagRow{"--form", "", "pem|der", Value::Choice, Repeat::Once, kCaCrl,
            "pem or der (default: der)"},
    FlagRow{"--form", "", "pem|der|mail", Value::Choice, Repeat::Once, kCaIssue,
            "pem: the certificate and its root; der: the certificate; mail: both in a certs-only "
            "message (default: pem)"},
    FlagRow{"--form", "", "pem|der|mail", Value::Choice, Repeat::Once, kKeyRequest | kKeyRenew,
            "pem, der, or mail: a MIME entity (default: pem)"},
    FlagRow{"--crlf", "", "", Value::None, Repeat::Once, kMessage,
            "end lines with CRLF, whatever the input has"},
    FlagRow{"--headers", "", "baseline|shy|none|off", Value::Choice, Repeat::Once, kSealing,
            "which header fields encryption hides (default: baseline, the Subject); off protects "
            "none (RFC 9788)"},
    FlagRow{"--opaque", "", "", Value::None, Repeat::Once, kSign | kSeal,
            "put the content inside the signature"},
    FlagRow{"--digest", "", "NAME", Value::Text, Repeat::Once, kSign | kSeal | kCanSend,
            "the digest to sign, such as sha512"},
    FlagRow{"--pss", "", "", Value::None, Repeat::Once,
            kSign | kSeal | kCanSend | kKeyRequest | kKeyRenew,
            "sign with RSASSA-PSS if the key is RSA"},
    FlagRow{"--signing-time", "", "TIME", Value::Text, Repeat::Once, kSign | kSeal,
            "the time that the signature claims (default: now)"},
    FlagRow{"--no-chain", "", "", Value::None, Repeat::Once, kSign | kSeal,
            "send the signer's certificate without those of its issuers"},
    FlagRow{"--cipher", "", "NAME", Value::Text, Repeat::Once, kEncrypt | kSeal | kCanSend,
            "the content cipher, such as aes-256-gcm (default: what the recipients read, else "
            "aes-256-cbc)"},
    FlagRow{"--derive-key", "", "", Value::None, Repeat::Once, kEncrypt | kSeal | kCanSend,
            "encrypt the content with a key derived from the recipients' (RFC 9709); older readers "
            "cannot open it"},
    FlagRow{"--oaep", "", "", Value::None, Repeat::Once,
            kEncrypt | kSeal | kAddRecipients | kCanSend, "encrypt to RSA keys with OAEP"},
    FlagRow{"--rsa-kem", "", "", Value::None, Repeat::Once,
            kEncrypt | kSeal | kAddRecipients | kCanSend,
            "encrypt to RSA keys with RSA-KEM, which few programs read"},
    FlagRow{"--password-file", "", "FILE", Value::File, Repeat::Many,
            kEncrypt | kSeal | kOpen | kDecrypt | kAddRecipients,
            "a file whose first line is a password that opens the message"},
    FlagRow{"--scrypt", "", "", Value::None, Repeat::Once, kEncrypt | kSeal | kAddRecipients,
            "derive the key of a password with scrypt, which few programs read"},
    FlagRow{"--kek", "", "ID:FILE", Value::Text, Repeat::Many,
            kEncrypt | kSeal | kOpen | kDecrypt | kAddRecipients,
            "a key-encryption key that both sides have; ID is hexadecimal, or else text"},
    FlagRow{"--new-password-file", "", "FILE", Value::File, Repeat::Many, kAddRecipients,
            "a file whose first line is a password that shall open the message as well"},
    FlagRow{"--new-kek", "", "ID:FILE", Value::Text, Repeat::Many, kAddRecipients,
            "a key-encryption key that shall open the message as well"},
    FlagRow{"--secret-key", "", "FILE", Value::File, Repeat::Many, kOpen | kDecrypt,
            "a content key that both sides have (EncryptedData), in octets or in hexadecimal"},
    FlagRow{"--triple", "", "", Value::None, Repeat::Once, kSeal,
            "sign once more outside of the encryption (RFC 2634)"},
    FlagRow{"--passphrase-file", "", "FILE", Value::File, Repeat::Once, kPassphrase,
            "a file whose first line is the passphrase of the identity"},
    FlagRow{"--passphrase-fd", "", "N", Value::Text, Repeat::Once, kPassphrase,
            "read the passphrase from this file descriptor"},
    FlagRow{"--token-module", "", "FILE", Value::File, Repeat::Once, kTokens,
            "the module of PKCS #11 for a pkcs11: identity (default: those that p11-kit knows)"},
    FlagRow{"--threads", "", "N", Value::Text, Repeat::Once,
            kMessage | kAddRecipients | kRemoveRecipients | kConvert | kAlone,
            "threads that work at the message (default: 1); 2 shorten what is large"},
    FlagRow{"--json", "", "FILE", Value::File, Repeat::Once,
            kAll | kBatch | kDoctor | kKept | kCanSend,
            "write what was found or done as JSON; - is standard output"},
    FlagRow{"--input", "", "maildir|mbox|tree|list", Value::Choice, Repeat::Once, kBatch,
            "what INPUT is (default: as it looks; - is a list of paths)"},
    FlagRow{"--null", "-0", "", Value::None, Repeat::Once, kBatch,
            "the paths of a list end with a NUL, not with a line end"},
    FlagRow{"--out", "", "FOLDER", Value::File, Repeat::Once, kBatch,
            "where the results go: a Maildir for a Maildir or an mbox, else a tree; without it "
            "nothing is written"},
    FlagRow{"--jobs", "-j", "N", Value::Text, Repeat::Once, kBatch,
            "threads (default: one for each processor)"},
    FlagRow{"--report", "", "FILE", Value::File, Repeat::Once, kBatch,
            "write a line of JSON for each message; - is standard output"},
    FlagRow{"--journal", "", "FILE", Value::File, Repeat::Once, kBatch,
            "what is done, for a run that goes on after an interruption (default: "
            ".bulla-journal in the folder of --out)"},
    FlagRow{"--manifest", "", "FILE", Value::File, Repeat::Once, kBatch,
            "write the digests of all messages when all are done"},
    FlagRow{"--manifest-identity", "", "IDENTITY", Value::File, Repeat::Once, kBatch,
            "sign the manifest, as FILE.p7s"},
    FlagRow{"--keep-going", "", "", Value::None, Repeat::Once, kBatch,
            "go on behind a message that failed (the default)"},
    FlagRow{"--fail-fast", "", "", Value::None, Repeat::Once, kBatch,
            "stop at the first message whose exit code is not 0"},
    FlagRow{"--algorithms", "", "", Value::None, Repeat::Once, kDoctor, "list the algorithms"},
    FlagRow{"--profiles", "", "", Value::None, Repeat::Once, kDoctor,
            "list the profiles and their sources"},
    FlagRow{"--expiry", "", "", Value::None, Repeat::Once, kDoctor,
            "list the certificates of the store that end soon and have no later one"},
    FlagRow{"--within", "", "DAYS", Value::Text, Repeat::Once, kDoctor,
            "with --expiry: what soon is (default: 30)"},
    FlagRow{"--quiet", "-q", "", Value::None, Repeat::Once, kAll | kBatch | kKept | kCanSend,
            "say nothing"},
    FlagRow{"--verbose", "-v", "", Value::None, Repeat::Once, kAll | kBatch, "say more"},
    FlagRow{"--color", "", "auto|always|never", Value::Choice, Repeat::Once,
            kAll | kBatch | kKept | kCanSend, "colours on standard error (default: auto)"},
    FlagRow{"--no-progress", "", "", Value::None, Repeat::Once, kAll | kBatch, "show no progress"},
    FlagRow{"--help", "-h", "", Value::None, Repeat::Once, ~Verbs{kAlone}, "explain the verb"},
};

// Changes, insertions, removals and swaps of neighbours that lead from one word to the other;
// both are short.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before;
  std::vector<std::size_t> last(b.size() + 1);
  std::iota(last.begin(), last.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::vector<std::size_t> row{i};
    for (std::size_t j = 1; j <= b.size(); ++j) {
      std::size_t change = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      row.push_back(std::min({change, row[j - 1] + 1, last[j] + 1}));
      bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) row[j] = std::min(row[j], before[j - 2] + 1);
    }
    before = std::exchange(last, std::move(row));
  }
  return last.back();
}

}  // namespace

std::span<const VerbRow> verbs() { return kVerbs; }

const VerbRow* find_verb(std::string_view name) {
  auto found = std::find_if(kVerbs.begin(), kVerbs.end(),
                            [&](const VerbRow& row) { return row.name == name; });
  return found == kVerbs.end() ? nullptr : &*found;
}

const VerbRow* find_subverb(const VerbRow& verb, std::string_view name) {
  std::string full = std::string(verb.name) + " " + std::string(name);
  auto found = std::find_if(kSubverbs.begin(), kSubverbs.end(),
                            [&](const VerbRow& row) { return row.name == full; });
  return found == kSubverbs.end() ? nullptr : &*found;
}

std::vector<std::string_view> subverb_names(const VerbRow& verb) {
  std::vector<std::string_view> names;
  for (const VerbRow& row : kSubverbs) {
    std::size_t blank = row.name.find(' ');
    if (row.name.substr(0, blank) == verb.name) names.push_back(row.name.substr(blank + 1));
  }
  return names;
}

std::span<const FlagRow> flags() { return kFlags; }

std::vector<FlagRow> flags_of(Verb verb) {
  std::vector<FlagRow> rows;
  for (const FlagRow& row : kFlags) {
    bool belongs = (row.verbs & verb) != 0;
    bool excluded = (verb & kBatch) != 0 && (row.verbs & kAlone) != 0;
    if (belongs && !excluded) rows.push_back(row);
  }
  return rows;
}

std::vector<std::string_view> choices(const FlagRow& flag) {
  if (flag.kind != Value::Choice) return {};
  return split(flag.value, '|');
}

std::string_view closest(std::string_view word, const std::vector<std::string_view>& names) {
  std::string_view best;
  std::size_t best_distance = std::max<std::size_t>(1, word.size() / 3) + 1;
  for (std::string_view name : names) {
    std::size_t between = word.size() > 64 ? best_distance : distance(word, name);
    if (between < best_distance) {
      best = name;
      best_distance = between;
    }
  }
  return best;
}

}  // namespace bulla::cli
