// What Linux has and Swift's Glibc module leaves out, or shows as now one type and now another.

#ifndef LOOKOUT_CLINUX_H
#define LOOKOUT_CLINUX_H

#include <pthread.h>
#include <sys/inotify.h>
#include <sys/socket.h>
#include <sys/timex.h>  // adjtimex: whether anybody keeps the clock right

#ifdef __GLIBC__
#include <malloc.h>  // mallopt, malloc_trim: memory that is free goes back to the system
#endif

// The C library has these only for _GNU_SOURCE: a descriptor that stands for a file and opens nothing of it, and the
// file itself instead of a name in it. Both are the same on every architecture that Swift knows.
static const int clinux_o_path = 010000000;
static const int clinux_at_empty_path = 0x1000;

// Only declared for those who ask for GNU's extensions, which the importer does not.
int pthread_setname_np(pthread_t thread, const char *name);
int pthread_getattr_np(pthread_t thread, pthread_attr_t *attributes);

// A macro and an enumerator of the same name: which one Swift sees depends on what else is imported.
static const int clinux_msg_nosignal = MSG_NOSIGNAL;

#endif
