// The addon's entry point: each file of this folder adds its functions to the exports.
#include <napi.h>

void InitConstants(Napi::Env env, Napi::Object exports);
void InitExec(Napi::Env env, Napi::Object exports);
void InitNumbers(Napi::Env env, Napi::Object exports);
void InitSeccomp(Napi::Env env, Napi::Object exports);
void InitSpawn(Napi::Env env, Napi::Object exports);
void InitSyscalls(Napi::Env env, Napi::Object exports);
void InitWait(Napi::Env env, Napi::Object exports);

static Napi::Object Init(Napi::Env env, Napi::Object exports) {
  InitConstants(env, exports);
  InitExec(env, exports);
  InitNumbers(env, exports);
  InitSeccomp(env, exports);
  InitSpawn(env, exports);
  InitSyscalls(env, exports);
  InitWait(env, exports);
  return exports;
}

NODE_API_MODULE(native, Init)
