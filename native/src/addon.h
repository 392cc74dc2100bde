// What the files of the addon share: how arguments are read, and what each file adds to the exports.
//
// Every function answers with a number, or an object, and a negative number is -errno: the TypeScript face
// turns it into an Error. It checks the arguments as well; nothing but that face may call in here.
#pragma once

#include <napi.h>

#include <cerrno>
#include <string>
#include <vector>

void InitConstants(Napi::Env env, Napi::Object exports);
void InitExec(Napi::Env env, Napi::Object exports);
void InitSpawn(Napi::Env env, Napi::Object exports);
void InitSyscalls(Napi::Env env, Napi::Object exports);
void InitWait(Napi::Env env, Napi::Object exports);

/// A string argument; null and undefined become `fallback`.
class Text {
 public:
  Text(const Napi::Value& value) : null_(value.IsNull() || value.IsUndefined()) {
    if (!null_) text_ = value.As<Napi::String>().Utf8Value();
  }
  const char* OrNull() const { return null_ ? nullptr : text_.c_str(); }
  const char* OrNone() const { return null_ ? "none" : text_.c_str(); }

 private:
  bool null_;
  std::string text_;
};

inline int Int(const Napi::Value& value) { return value.As<Napi::Number>().Int32Value(); }
inline int64_t Long(const Napi::Value& value) { return value.As<Napi::Number>().Int64Value(); }

/// The result of a system call that answers -1 and sets errno.
inline Napi::Value Result(Napi::Env env, long result) {
  return Napi::Number::New(env, result == -1 ? -errno : static_cast<double>(result));
}
