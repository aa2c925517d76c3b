#include "privacy/scan.h"

#include <chrono>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/rng.h"
#include "privacy/byte_class.h"
#include "privacy/escapes.h"
#include "tests/privacy/found_in.h"
#include "tests/privacy/labelled.h"

namespace ooe::privacy {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Not;
using ::testing::StartsWith;

// What code and the texts of a program say about passwords is none.
TEST(Scan, PatternsTemplatesCallsAndSentencesAreNoSecrets) {
  for (const char* text : {
           R"x(const passwordRegex = /^(?=.*[A-Z]).{8,}$/;)x",
           R"x(PASSWORD_PATTERN = r'^(?=.*[a-z])(?=.*\d).{8,}$')x",
           R"x({"passwordHint": "At least 8 characters (1 digit)"})x",
           R"x("passwordTooShort": "Password must be 8 characters (or more)")x",
           R"x(password = "<%= ENV['PW1'] %>")x",
           R"x(String password = !request.getParameter("p1").isEmpty();)x",
           R"x(char *password = &get_buf(1)[0];)x",
           R"x(password=@Value("${db.pass1}"))x",
           R"x({"password": "<password1>"})x",
       }) {
    EXPECT_THAT(found_in(text), Not(Contains(StartsWith("secret")))) << text;
  }
  for (
      const char* text : {
          R"x(`password` varchar(255) NOT NULL, `id1` int)x",
          R"x(UPDATE `u` SET `password` = MD5(`p1`);)x",
          R"x(ALTER TABLE `u` ADD `pwd` CHAR(64), ADD `x1` INT)x",
          R"x(The field `password` (max. 32 chars) is hashed by SHA256.)x",
          R"x(Explain `password` in OAuth2 grants.)x",
          R"x(Use "mkdir -p" in step 2 and then restart nginx.)x",
          R"x(What does 'ssh -p' do and why is port 22 the default?)x",
          R"x(subprocess.run("docker compose -p" + name + "1", shell=True))x",
          R"x(password = f"{user}_{i+1}")x",
          R"x(secret_name = f"projects/{pid}/secrets/{name}/versions/1")x",
          R"x(pwd = r"C:\Users\me1\project")x",
          R"x(pwd: /home/ann1/project)x",
          R"x(rsync -u host1:/var/log/a2 .)x",
          R"x(errors.password = 'Min. 8 chars';)x",
          R"x(secret: process.env.JWT_SECRET2,)x",
          R"x(apiToken: this.configService.token2)x",
          R"x(int gnutls_psk_set_client_credentials_function2(gnutls_psk_client_credentials_t c);)x",
      }) {
    EXPECT_THAT(found_in(text), ElementsAre()) << text;
  }
  for (const char* text : {R"(password: "!Pa55word")",
                           R"(password = "correct horse battery 42")",
                           R"(The wifi password is "blue house on hill 77!".)",
                           R"(passphrase: 'purple monkey dishwasher 1987')",
                           R"(secret: "launch code is 4471 for bunker")",
                           R"(password: "/^Summer2024")",
                           R"(postgres://u:ab**12@h)",
                           R"(password = r"Pa55\word")",
                           R"(password "Pa55-word")",
                           R"(db_password = b'Pa55word')",
                           R"(password: "longer 4821 digital")",
                           R"(passwort: "Muss 2025 weg")",
                           "DB_PASSWORD=prod.db_pass7",
                           "password = Summer.Winter_24",
                           "password: Blue.Sky.Rain7",
                           "password: /Zx9/Qw8/Er7",
                           R"(api_key: "/9j4AAQ/SkZJRg12/ABQAAdKfPqXz")",
                           "aws_secret_access_key = /Kq3xTb8Zp/Lm2Nd7Rw5Yc9Vf4Hj6Gs1Qa0Eo3Tu",
                           "mysql -uroot -p'.Kd93!xZq' db",
                           "mysql -uroot -p')Kd93!xZq' db",
                           "token: abc12def.ghi456.jkl789xyz",
                           "password: Pa55.word",
                           R"(password: "Pa55 word")",
                           R"(password = "<Pa55word>")",
                           R"(password: "correct horse9 battery")"}) {
    EXPECT_THAT(found_in(text), Contains(StartsWith("secret"))) << text;
  }
}

// One line, and no quote is closed on it: each byte is looked at a few times, wherever it stands.
TEST(Scan, OptionsWithOpenQuotesTakeLinearTime) {
  std::string line;
  while (line.size() < 4'000'000) line += "-p'abc123 ";
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_EQ(find_personal_data(line).size(), line.size() / 10 - 1) << "no space before the first";
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(5));
}

TEST(Scan, SpansAreExact) {
  EXPECT_THAT(found_in("<Ann.B@x.example.org>, (see +1 415 555 0132)."),
              ElementsAre("email Ann.B@x.example.org", "phone +1 415 555 0132"));
  EXPECT_THAT(found_in("http://u:pa55word@10.0.0.6:80/x"),
              ElementsAre("secret pa55word", "ip 10.0.0.6"));
  EXPECT_THAT(found_in(R"({"e-mail":"a@b.example","pin":"1234"})"),
              ElementsAre("field e-mail", "email a@b.example", "field pin"));
  EXPECT_THAT(found_in(R"({"email":["string"],"password":[ "hunter2x" ],"phone":[]})"),
              ElementsAre("field password"));
  EXPECT_THAT(found_in("GB82 WEST 1234 5698 7654 32, then 4111-1111-1111-1111!"),
              ElementsAre("iban GB82 WEST 1234 5698 7654 32", "card 4111-1111-1111-1111"));
  EXPECT_THAT(found_in("password: 'se cret1', token=abcdef0123456789abcd&x=1"),
              ElementsAre("secret se cret1", "secret abcdef0123456789abcd"));
}

TEST(Scan, APrivateKeyReachesToItsEndLineOrAsFarAsItLooksLikeOne) {
  const std::string key =
      "-----BEGIN RSA PRIVATE KEY-----\nMIIE\nAAAA\n-----END RSA PRIVATE KEY-----";
  EXPECT_THAT(found_in("a " + key + " b@c.example"),
              ElementsAre("private_key " + key, "email b@c.example"));
  EXPECT_THAT(found_in("-----BEGIN PRIVATE KEY-----\nMIIE. Then b@c.example"),
              ElementsAre("private_key -----BEGIN PRIVATE KEY-----\nMIIE", "email b@c.example"));
}

// Of a key without its END line, as a log cuts it: line breaks may be escaped, once or more.
TEST(Scan, APrivateKeyThatIsCutGoesOnOverEscapedLineBreaksAndItsHeaders) {
  for (const std::string key :
       {R"(-----BEGIN RSA PRIVATE KEY-----\nMIIEabc123\nabcdefgh)",
        R"(-----BEGIN RSA PRIVATE KEY-----\r\nMIIE\/abc\r\nabcdefgh\u003d)",
        R"(-----BEGIN RSA PRIVATE KEY-----\\nMIIEabc123\\nabcdefgh)",
        "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: "
        "AES-128-CBC,B4EC59DE\n\n"
        "NUcha1Id+sZy",
        R"(-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\nNUcha1Id+sZy)"}) {
    EXPECT_THAT(found_in("{\"log\": \"" + key + "\"}"), ElementsAre("private_key " + key)) << key;
  }
}

// What is said to be a secret is one to its end, however long and whatever marks are in it.
TEST(Scan, ASecretReachesToItsClosingQuoteOrToASpace) {
  const std::string tail(300, 'y');
  const std::pair<std::string, std::string> cases[] = {
      {"password = \"Summer12\\Winter\"; x", "Summer12\\Winter"},
      {R"(password = "Sum\"mer12"; x)", R"(Sum\"mer12)"},
      {R"({\"password\": \"Sum\\\"mer12\", \"x\": 1})", R"(Sum\\\"mer12)"},
      {"password='Summer12'Winter' x", "Summer12'Winter"},
      {"token: \"A1b2C3d4E5f6G7h8" + tail + "!pb9\"", "A1b2C3d4E5f6G7h8" + tail + "!pb9"},
      {"token: \"A1b2C3d4E5f6G7h8\\!pb9\"", "A1b2C3d4E5f6G7h8\\!pb9"},
      {"secret = \"A1" + tail + " and more\" x", "A1" + tail + " and more"},
      {"password: \"Summer12â¬Winter\"", "Summer12â¬Winter"},
      {"password: Summer12â¬Winter x", "Summer12â¬Winter"},
      {"password: \"Summer12 is not closed", "Summer12 is not closed"},
      {"access_token=A1" + tail + "-b, x", "A1" + tail + "-b"},
      {"Authorization: Bearer A1" + tail + "\" x", "A1" + tail},
      {"password: A1" + tail + "!b, x", "A1" + tail + "!b"},
      {"password: Summer12,Winter!34 x", "Summer12,Winter!34"},
      {"password: Su1,Winter!34. X", "Su1,Winter!34"},
      {"password: Summer12;Winter!34, x", "Summer12;Winter!34"},
      {"(password: Summer12)Winter!34) x", "Summer12)Winter!34"},
      {"password: Summer12'Winter!34' x", "Summer12'Winter!34"},
      {"password: Summer12<Winter!34<br> x", "Summer12<Winter!34"},
      {"PASSWORD=Summer12&&Winter x", "Summer12&&Winter"},
      {"mysql -p'Summer12\"Winter' x", "Summer12\"Winter"},
      {"postgres://app:pw" + tail + "@db.example", "pw" + tail},
      {"postgres://app:%24ecret@db.example", "%24ecret"},
  };
  for (const auto& [text, secret] : cases) {
    EXPECT_THAT(found_in(text), Contains("secret " + secret)) << text;
  }
}

TEST(Scan, ASecretEndsWhereTheTextAroundItGoesOn) {
  const std::pair<std::string, std::string> cases[] = {
      {R"({"error":"bad password: abc123","code":7})", "abc123"},
      {R"(login(user=bob,password=abc123,host=db))", "abc123"},
      {R"(x?user=app&password=abc123&y=1)", "abc123"},
      {R"(Password=abc123;Initial Catalog=x)", "abc123"},
      {R"(password: abc123</b> x)", "abc123"},
      {R"(password: abc123<br/>x)", "abc123"},
      {R"((the password is abc123), x)", "abc123"},
      {R"(password="abc123", y="z")", "abc123"},
      {R"('password':'abc123','y':1)", "abc123"},
      {R"(password='abc123';y)", "abc123"},
      {"password: abc123\xE2\x80\x94which", "abc123"},
  };
  for (const auto& [text, secret] : cases) {
    EXPECT_THAT(found_in(text), Contains("secret " + secret)) << text;
  }
}

// A value that only looks like a variable, a call or a mask.
TEST(Scan, APasswordMayLookLikeAVariable) {
  for (const std::string text :
       {R"(password: "$ecr3tPass!")", R"(password: "Pa55(word)x")", R"(password: "{Winter12")",
        R"(password: "%Winter12")", R"(password: "*Winter12")", R"(password: "<Winter12")",
        R"(password: "<Winter12>")", R"(password: "Pa55***word")", R"(password: "[Winter12")",
        R"x(password: "(Winter12)")x", R"(password: "Pa55${word")", "password: Pa55(word)x",
        "password: $ecr3tPass!", "password: *Winter12!", "password: Pa55***word",
        "password: %Winter12!", "https://bob:$ecr3t!@x.example"}) {
    EXPECT_THAT(found_in(text), Contains(StartsWith("secret "))) << text;
  }
  for (const std::string text : {R"(password: "${DB_PASSWORD_1}")",
                                 R"(password: "a-${PW1}")",
                                 R"(password: "$PASSWORD_1")",
                                 R"(password: "<PASSWORD_1>")",
                                 R"(password: "<your password 1>")",
                                 R"(password: "****x1")",
                                 R"(password: "{{ vault.pw1 }}")",
                                 R"(password: "{pw1}")",
                                 R"(password: "%(pw1)s")",
                                 R"(password: "%PW1%")",
                                 R"(password: "[PASSWORD-1]")",
                                 R"(password: "xxxx-xxxx-1")",
                                 "password = sha256(pw)",
                                 "password = b64(sha1(pw1))",
                                 "password=$PW1",
                                 "password=$this->pw1",
                                 "password=${PW1}",
                                 "password=f1(x).g()",
                                 "password: <PASSWORD_1>",
                                 R"(password = os.environ["DB_PASSWORD_1"])",
                                 R"(密码: "至少 8 位 abc")",
                                 "https://bob:${PW1}@x.example",
                                 "https://bob:$PW1@x.example",
                                 "https://bob:{pw1}@x.example"}) {
    EXPECT_THAT(found_in(text), ElementsAre()) << text;
  }
}

TEST(Scan, APersonalFieldMayBeginWithAMark) {
  for (const std::string text :
       {R"({"full_name": "<b>ann</b>"})", R"({"full_name": "*ann"})", R"({"full_name": "{ann"})",
        R"({"username": "$ann!"})", R"({"password": "$ecret"})", R"({"pin": "%24x"})",
        R"({\"nickname\": \"<Ann\"})"}) {
    EXPECT_THAT(found_in(text), Contains(StartsWith("field "))) << text;
  }
  for (const std::string text :
       {R"({"full_name": "<full name>"})", R"({"full_name": "<FIELD_1>"})",
        R"({"email": "$user.email"})", R"({"password": "$PASSWORD"})", R"({"password": "****"})",
        R"({"username": "{username}"})", R"({"username": "%s"})", R"({"pin": "${PIN}"})",
        R"({\"pin\": \"${PIN}\"})", R"({"pin": "[PIN]"})",
        // What prompts show as the form of an answer.
        R"({"firstName": "<First Name>", "email": "<Email>", "phone": "<Phone>"})",
        R"({"email": "<user's email>", "gender": "<M/F>", "dob": "<date, ISO 8601>"})",
        R"({"email": "$user1.email", "username": "%s_%d", "phone": "{{ user }} "})",
        R"({"medications": ["<Name> <Dose>"]})", R"({"password": "<Password>"})",
        R"({"password": "<min 8 chars, 1 digit>", "api_key": "[API Key]"})",
        R"({"accessToken": "<Access Token>", "apiKey": "<apiKey>", "api_key": "$apiKey"})"}) {
    EXPECT_THAT(found_in(text), ElementsAre()) << text;
  }
}

// Eight bytes at a time say what one byte at a time says.
TEST(Scan, CountsWhatStandsAtAPlace) {
  constexpr std::string_view kBytes("az`{AZ09\x7f\0 \xe1\xfa", 13);
  Rng rng(3);
  for (int round = 0; round < 20'000; ++round) {
    std::string text;
    for (std::size_t i = rng.below(40); i > 0; --i) {
      text += rng.below(6) == 0 ? kBytes[rng.below(kBytes.size())] : round % 2 == 0 ? 'q' : '5';
    }
    const std::size_t at = rng.below(text.size() + 1);
    const auto run = [&](auto belongs) {
      std::size_t end = at;
      while (end < text.size() && belongs(text[end])) ++end;
      return end - at;
    };
    ASSERT_EQ(count_digits(text, at), run([](char c) { return c >= '0' && c <= '9'; })) << text;
  }
}

// Behind another number and a space: the number's run begins before it.
TEST(Scan, ANumberInARowOfOthersIsFound) {
  for (const auto& [text, told] : std::vector<std::pair<std::string, std::string>>{
           {"2024-01-02 12:00:01 203.0.113.7 GET /login 200", "ip 203.0.113.7"},
           {"GET /index.html 200 203.0.113.7", "ip 203.0.113.7"},
           {"pid 4242 203.0.113.7:443", "ip 203.0.113.7"},
           {"eth0 203.0.113.7", "ip 203.0.113.7"},
           {"1 10.1.2.30 2 ms", "ip 10.1.2.30"},
           {"EUR 50 4539578763621486", "card 4539578763621486"},
           {"12/27 4539578763621486", "card 4539578763621486"},
           {"2024 4539578763621486", "card 4539578763621486"},
           {"12 4539 5787 6362 1486", "card 4539 5787 6362 1486"},
           {"7 3782 822463 10005", "card 3782 822463 10005"},
           {"DOB 01/02/1980 536-90-4399", "us_id 536-90-4399"},
           {"1 536-90-4399", "us_id 536-90-4399"},
           {"1980-01-02 536-90-4399", "us_id 536-90-4399"},
           {"09:30 536-90-4399", "us_id 536-90-4399"},
           {"03 04539 4539578763621486", "card 4539578763621486"},
           {"order 12 212-555-0187", "phone 212-555-0187"},
           {"12 030/901820", "phone 030/901820"},
           {"5 943 476 5919 NHS", "uk_id 943 476 5919"},
           {"10 811228-9874", "eu_id 811228-9874"},
           {"3 12345678Z", "eu_id 12345678Z"}}) {
    EXPECT_THAT(found_in(text), ElementsAre(told)) << text;
  }
  for (const std::string text :
       {"12 4711 88 3.5 1024 77 19 2048 5 61 7 1999 42 12.75 8 16", "943 476 5919 943 476 5919",
        "2024-01-02 2024-01-03 12:00 13:30", "1.2.3 4.5.6 7.8.9", "3 1.2.3.4", "4.42 3.51.98.32",
        "010 020 0304 050", "1 234 567 890 123", "4711 12-34-56 0815", "12 536 90 4399",
        "100 127.0.0.1 0.0.0.0", "5 212-555 0187", "200 4539578763621487",
        "1-2 3-4 5-6 10-20-3000"}) {
    EXPECT_THAT(found_in(text), ElementsAre()) << text;
  }
}

// As word processors and web pages write them.
TEST(Scan, GroupsMayStandBehindSpacesAndHyphensOfUnicode) {
  for (const std::string space : {"\xC2\xA0", "\xE2\x80\xAF", "\xE2\x80\x87", "\xE2\x80\x89"}) {
    const auto spaced = [&](std::string text) {
      for (std::size_t at = text.find(' '); at != std::string::npos; at = text.find(' ', at)) {
        text.replace(at, 1, space);
      }
      return text;
    };
    for (const std::string told :
         {"iban DE89 3704 0044 0532 0130 00", "iban GB29 NWBK 6016 1331 9268 19",
          "uk_id AB 12 34 56 C", "card 4539 5787 6362 1486", "phone +49 30 901820"}) {
      const std::string value = spaced(told.substr(told.find(' ') + 1));
      const std::string name = told.substr(0, told.find(' ') + 1);
      EXPECT_THAT(found_in("a: " + value + ", b"), ElementsAre(name + value));
      EXPECT_THAT(found_in("Kunde" + space + value + space + "x"), ElementsAre(name + value));
    }
    EXPECT_THAT(found_in("von" + space + "ann@x.example" + space + "an"),
                ElementsAre("email ann@x.example"));
    EXPECT_THAT(found_in("NHS" + space + spaced("943 476 5919")),
                ElementsAre("uk_id " + spaced("943 476 5919")));
  }
  for (const std::string hyphen : {"\xE2\x80\x90", "\xE2\x80\x91", "\xE2\x80\x93"}) {
    const std::string ssn = "536" + hyphen + "90" + hyphen + "4399";
    EXPECT_THAT(found_in("SSN " + ssn + "."), ElementsAre("us_id " + ssn));
    const std::string phone = "212" + hyphen + "555" + hyphen + "0187";
    EXPECT_THAT(found_in("or " + phone), ElementsAre("phone " + phone));
    EXPECT_THAT(found_in("1939" + hyphen + "1945, pp. 123" + hyphen + "145"), ElementsAre());
  }
  EXPECT_THAT(found_in("4539\t5787\t6362\t1486"), ElementsAre("card 4539\t5787\t6362\t1486"));
  EXPECT_THAT(found_in("4539.5787.6362.1486"), ElementsAre("card 4539.5787.6362.1486"));
  EXPECT_THAT(found_in("2019\t2020\t2021\t2022, 0170\t0368\t0170"), ElementsAre());
}

TEST(Scan, AnIdMayStandBehindItsNameOrInAUrl) {
  for (const auto& [text, told] : std::vector<std::pair<std::string, std::string>>{
           {"card_4539578763621486", "card 4539578763621486"},
           {"iban_DE89370400440532013000", "iban DE89370400440532013000"},
           {"f\xC3\xBCrDE89370400440532013000", "iban DE89370400440532013000"},
           {"ssn_536-90-4399", "us_id 536-90-4399"},
           {"https://x.example/4539578763621486", "card 4539578763621486"},
           {"key_AKIAIOSFODNN7EXAMPLF", "secret AKIAIOSFODNN7EXAMPLF"},
           {"https://x.example/?m=ann.lee%40example.org&a=1", "email ann.lee%40example.org"},
           {"q=%22ann%2Bx%40example.org%22", "email ann%2Bx%40example.org"},
           {"https://a.blob.example/"
            "c?sv=2022-11-02&sig=Zm9v%2BYmFyYmF6cXV4MTIzNDU2Nzg5MGFiY2Q%3D&se=1",
            "secret Zm9v%2BYmFyYmF6cXV4MTIzNDU2Nzg5MGFiY2Q%3D"}}) {
    EXPECT_THAT(found_in(text), ElementsAre(told)) << text;
  }
  for (const std::string text :
       {"lib_1.22.33.44", "IMG_20240102_123456", "report_2024-01-02", "printf(\"%40s\")", "50%40",
        "x-sig=abc", "&sig=v1", "0.4539578763621486", "xDE89370400440532013001"}) {
    EXPECT_THAT(found_in(text), ElementsAre()) << text;
  }
}

// The id of an AWS key gives away that the forty characters beside it are its secret.
TEST(Scan, AnAwsSecretStandsBesideItsId) {
  const std::string id = "AKIAIOSFODNN7EXAMPLF";
  const std::string secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
  for (const std::string& text :
       {"User name,Access key ID,Secret access key\nbob," + id + "," + secret + "\n",
        "AccessKeyId " + id + "\n  SecretAccessKey " + secret, secret + " goes with " + id,
        "{\"id\": \"" + id + "\", \"s\": \"" + secret + "\"}"}) {
    EXPECT_THAT(found_in(text), Contains("secret " + id)) << text;
    EXPECT_THAT(found_in(text), Contains("secret " + secret)) << text;
  }
  EXPECT_THAT(found_in(id + " since da39a3ee5e6b4b0d3255bfef95601890afd80709"),
              ElementsAre("secret " + id));
  EXPECT_THAT(found_in("sum " + secret), ElementsAre());
}

// "pass" is what a test does, too.
TEST(Scan, PassIsAPasswordWhenItLooksLikeOne) {
  for (const auto& [text, secret] : std::vector<std::pair<std::string, std::string>>{
           {"DB_PASS=hunter2x", "hunter2x"},
           {"DB_PASS=\"hunter2x\"", "hunter2x"},
           {"export SMTP_PASS='Summer12!'", "Summer12!"},
           {"DB_PASS: hunter2x", "hunter2x"},
           {"user: bob\npass: hunter2secret\n", "hunter2secret"},
           {"Pass: Summer12!", "Summer12!"},
           {"the pass is hunter2secret", "hunter2secret"},
           {"pw: Summer12", "Summer12"},
           {"pw=hunter2x", "hunter2x"},
           {R"({"user":"bob","pass":"hunter2x"})", "hunter2x"},
           {R"({"smtp":{"pw": "Summer12!"}})", "Summer12!"}}) {
    EXPECT_THAT(found_in(text), Contains("secret " + secret)) << text;
  }
  for (const std::string text : {"PASS: test_escapes2",
                                 "PASS: check12a",
                                 "pass: 3 of 4 tests",
                                 R"({"pass": "3 of 12 tests"})",
                                 R"({"pass": 12, "fail": 3})",
                                 "DB_PASS=$PASS1",
                                 "DB_PASS=${DB_PASS_1}",
                                 "pass: <PASS_1>",
                                 R"({"pass": "${PASS1}"})",
                                 R"({"pass": "****1a"})",
                                 "pass: v1.2.34",
                                 "pass through 12abc34",
                                 "the pass at 2,300 m",
                                 "pass: src/a2.cc",
                                 "pass = os.environ[\"DB_PASS1\"]",
                                 "bypass=abc1234",
                                 "pass to modnames2paths:",
                                 "pass=mem2reg",
                                 "llvm pass: mem2reg",
                                 R"({"pass":"opaque3d"})",
                                 "pass=\"stage2\"",
                                 "pass=v2beta1",
                                 "pass=sha256",
                                 "pass: utf8mb4",
                                 "pw=1024px",
                                 "pw=12mm3x45",
                                 "pass=0x1234abCD",
                                 "bus pass: ZX81234",
                                 "pass=10of12",
                                 "5000\t5100\t5200\t5300\t5400",
                                 "2021\t5000\t5100\t5200\t5300"}) {
    EXPECT_THAT(found_in(text), ElementsAre()) << text;
  }
}

// Words of camel case are words, and so are those with letters beyond ASCII.
TEST(Scan, HearsAHintWhereverAWordBegins) {
  for (const std::string_view word : {"nhs", "NHS", "userNhs", "userNHS"}) {
    EXPECT_THAT(found_in(std::string(word) + " 943 476 5919"), ElementsAre("uk_id 943 476 5919"))
        << word;
  }
  for (const std::string_view word : {"nhz", "nh", "unhs", "nhsx", "nHS"}) {
    EXPECT_THAT(found_in(std::string(word) + " 943 476 5919"), Not(Contains("uk_id 943 476 5919")))
        << word;
  }
  EXPECT_THAT(found_in("contrase\xC3\xB1\x61: gato17"), ElementsAre("secret gato17"));
}

// Where a text is cut must not matter to memory: every prefix and every suffix of every snippet.
TEST(Scan, FindingsLieInTheTextWhereverItIsCut) {
  for (const Snippet& snippet : read_labelled(OOE_SOURCE_DIR "/tests/privacy/labelled.txt")) {
    for (std::size_t cut = 0; cut <= snippet.text.size(); ++cut) {
      const std::string head = snippet.text.substr(0, cut);  // of its own, for the sanitizer
      const std::string tail = snippet.text.substr(cut);
      for (const std::string& text : {head, tail}) {
        std::size_t before = 0;
        for (const Finding& finding : find_personal_data(text)) {
          ASSERT_LT(finding.begin, finding.end) << text;
          ASSERT_LE(finding.end, text.size()) << text;
          ASSERT_LE(before, finding.begin) << text;
          before = finding.begin;
        }
      }
    }
  }
}

// What stands around a snippet, on lines of its own, changes nothing that is found in it.
TEST(Scan, FindsTheSameInTheMiddleOfOtherText) {
  const std::string ahead =
      "An ordinary sentence stands here, and it is long enough to end hints.\n\n";
  const std::string behind = "\n\nAnd another one follows.";
  for (const Snippet& snippet : read_labelled(OOE_SOURCE_DIR "/tests/privacy/labelled.txt")) {
    const auto alone = find_personal_data(snippet.text);
    const auto within = find_personal_data(ahead + snippet.text + behind);
    ASSERT_EQ(alone.size(), within.size()) << snippet.text;
    for (std::size_t i = 0; i < alone.size(); ++i) {
      EXPECT_EQ(alone[i].type, within[i].type) << snippet.text;
      EXPECT_EQ(alone[i].begin + ahead.size(), within[i].begin) << snippet.text;
    }
  }
}

std::vector<Finding> by_every_byte(std::string_view text) {
  Scan scan{.text = text};
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t next = scan_start(scan, at);
    at = next == kNothing ? at + 1 : next;
  }
  return std::move(scan.findings);
}

std::vector<Finding> found_by_every_byte(std::string_view text) {
  return find_behind_escapes(text, by_every_byte);
}

// Looking only where something may begin finds what looking at every byte finds.
TEST(Scan, LeavesOutNothingThatEveryByteWouldFind) {
  const auto same = [](std::string_view text) {
    const auto fast = find_personal_data(text);
    const auto slow = found_by_every_byte(text);
    ASSERT_EQ(fast.size(), slow.size()) << text;
    for (std::size_t i = 0; i < fast.size(); ++i) {
      ASSERT_EQ(fast[i].type, slow[i].type) << text;
      ASSERT_EQ(fast[i].begin, slow[i].begin) << text;
      ASSERT_EQ(fast[i].end, slow[i].end) << text;
    }
  };
  // A key of capitals ends before small letters: the pass goes on inside a word.
  const std::string cut =
      "AGE-SECRET-"
      "KEY-1" +
      std::string(60, 'Y') + "nhs 943 476 5919";
  same(cut);
  EXPECT_THAT(found_in(cut), Contains("uk_id 943 476 5919"));
  std::vector<std::string> pieces{
      "fdab:cdef::1", "fE80::7a", "Fc0a:b::", "-p'", "-u ",  "+49 ", "(030)", "api", "Key",
      "ssn",          "é",        "密码",     "x",   "well", "-",    " ",     "\n",  "="};
  Rng rng(7);
  for (const Snippet& snippet : read_labelled(OOE_SOURCE_DIR "/tests/privacy/labelled.txt")) {
    same(snippet.text);
    pieces.push_back(snippet.text);
    // Where it stands in a block must not matter.
    for (std::size_t ahead = 1; ahead < 70; ++ahead) {
      same(std::string(ahead, ahead % 2 == 0 ? ' ' : 'x') + snippet.text);
    }
  }
  constexpr std::string_view kAlphabet =
      "0123456789 -./()+@:\"'\\=abcdefkpstyAKIDE\n\xC3\xA9\xE5\xAF\x86";
  for (int round = 0; round < 40'000; ++round) {
    std::string text;
    for (std::size_t i = rng.below(30); i > 0; --i) {
      if (rng.below(3) == 0) {
        text += pieces[rng.below(pieces.size())];
      } else if (rng.below(2) == 0) {
        const std::string& piece = pieces[rng.below(pieces.size())];
        const std::size_t begin = rng.below(piece.size());
        text += piece.substr(begin, 1 + rng.below(12));
      } else {
        text += kAlphabet[rng.below(kAlphabet.size())];
      }
    }
    same(text);
  }
}

TEST(Scan, RandomBytesOfTheDetectorsOwnAlphabetDoNoHarm) {
  constexpr std::string_view kAlphabet =
      "0123456789 -./()+@:\"'\\=abcdefkpstyAKIDE\n\xC3\xA9\xE5\xAF\x86";
  Rng rng(5);
  for (int round = 0; round < 20'000; ++round) {
    std::string text;
    for (std::size_t i = rng.below(60); i > 0; --i) text += kAlphabet[rng.below(kAlphabet.size())];
    for (const Finding& finding : find_personal_data(text)) {
      ASSERT_LT(finding.begin, finding.end) << text;
      ASSERT_LE(finding.end, text.size()) << text;
    }
  }
}

}  // namespace
}  // namespace ooe::privacy
