// SPDX-License-Identifier: GPL-2.0
/*
 * mdevfix - a parent of mediated devices whose every visible byte is chosen by a test.
 *
 * It binds to QEMU's "edu" (1234:11e8) and "pci-testdev" (1b36:0005) under whatever driver
 * name a test asks for, registers mdev types with the real mdev core, and puts files of any
 * name and content into the directories of the parent, the types, the instances and of a
 * module of the driver's name.  That is how the kernel interfaces that were proposed for
 * migration compatibility, and never merged, are made real for a test.  The instances are
 * only names in sysfs: there is no vfio device behind them.
 *
 * Parameters:
 *   drvname=nvidia       driver name; type directories are DRVNAME-TYPE
 *   types=A,B,...        names of the types, without the driver name; or generated:
 *   ntypes=4 first=222   as many numbered types, from this number on
 *   namelen=0            generated names are padded until the directory name has this length
 *   avail=16             available_instances of every type
 *   api=vfio-pci         device_api
 *   probe_ms=0           how long the probe of an instance takes
 *   read_ms=0            how long a read of one of our files takes
 *   hostile=0            1: name, description and files carry hostile text; 2: names of types too
 *   proposals=1          start with the files in the table below
 *
 * Files are made, changed and removed by lines written to /sys/module/mdevfix/put:
 *   LEVEL SCOPE PATH MODE TEXT
 *   LEVEL  module, parent, type or device
 *   SCOPE  a glob over DRVNAME, 0000:00:04.0, 0000:00:04.0/nvidia-222,
 *          0000:00:04.0/nvidia-222/UUID; "*" matches slashes as well
 *   PATH   relative; directories on the way are made
 *   MODE   ro; rw (a write replaces the text); cmp (a write succeeds if it writes the text);
 *          drop (writes succeed and do nothing); err (TEXT is an errno for every read);
 *          fill (TEXT is a number of bytes "x"); del
 *   TEXT   the rest of the line, where \n \r \t \\ \s (blank) and \xHH are escapes; a newline
 *          is added unless the text ends in \c
 * A line holds for what is there and for what will be.  "name" and "description" of a type
 * are files of the mdev core; a line for them sets what the core shows.
 */
#include <linux/delay.h>
#include <linux/glob.h>
#include <linux/kernel.h>
#include <linux/list.h>
#include <linux/mdev.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/pci.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/sysfs.h>
#include <linux/version.h>

#define FIX_MAX_NAMED 128 /* types=... */
#define FIX_MAX_TYPES 2048
#define FIX_MAX_TEXT 65536 /* of one file, by "fill" */
#define FIX_SHOWN 512	   /* of name and description */

#define FIX_EVIL "evil\nPATH=/evil\rLD_PRELOAD=/evil.so\n\"double' $(x) `y` \\ %s %n\x1b[31m\xff\t#"

static char *drvname = "nvidia";
module_param(drvname, charp, 0444);
static char *types[FIX_MAX_NAMED];
static int types_given;
module_param_array(types, charp, &types_given, 0444);
static unsigned int ntypes = 4;
module_param(ntypes, uint, 0444);
static unsigned int first = 222;
module_param(first, uint, 0444);
static unsigned int namelen;
module_param(namelen, uint, 0444);
static unsigned int avail = 16;
module_param(avail, uint, 0644);
static char *api = "vfio-pci";
module_param(api, charp, 0444);
static unsigned int probe_ms;
module_param(probe_ms, uint, 0644);
static unsigned int read_ms;
module_param(read_ms, uint, 0644);
static unsigned int hostile;
module_param(hostile, uint, 0444);
static bool proposals = true;
module_param(proposals, bool, 0444);

/* The shapes of the proposals in one place; each test changes what it needs by "put". */
static const char *const fix_proposals[] = {
	"module * version ro 550.90.07",
	"type * software_version ro 1.2.3",
	"type * compatible_type ro ",
	"type * compatible_pci_ids ro 1234:11e8",
	"type * dynamic_resources ro intel_vgpu/aggregator",
	"type * interface_version ro 2.1.3",
	"type * interface_version_compatible ro 2.0.2-2.0.4,2.1.0-",
	"type * pv_mode ro none+ppgtt",
	"device * intel_vgpu/aggregator rw 1",
};

static const char *const fix_hostile[] = {
	"type * software_version ro evil\\nPATH=/evil\\rX=y\\n\\x00\\x1b[31m\\xff\"'%s",
	"type * dynamic_resources ro a\\nLD_PRELOAD=/evil.so",
	"device * intel_vgpu/aggregator rw 1\\nPATH=/evil",
};

enum fix_level { FIX_MODULE, FIX_PARENT, FIX_TYPE, FIX_DEVICE };
static const char *const fix_levels[] = { "module", "parent", "type", "device" };

enum fix_mode { FIX_RO, FIX_RW, FIX_CMP, FIX_DROP, FIX_ERR, FIX_FILL, FIX_DEL };
static const char *const fix_modes[] = { "ro", "rw", "cmp", "drop", "err", "fill", "del" };

/* One parsed line of "put", kept for the objects to come. */
struct fix_line {
	struct list_head node;
	int level, mode;
	char *scope, *path, *text;
	size_t len;
	int error;
};

struct fix_file {
	struct list_head node;
	struct bin_attribute attr;
	struct kobject *kobj; /* of the directory it is in */
	char *path;
	int mode, error;
	char *text;
	size_t len;
};

struct fix_subdir {
	struct list_head node;
	struct kobject *kobj;
	char *path;
};

/* A directory of sysfs that we add files to. */
struct fix_dir {
	struct list_head node; /* in fix_dirs */
	int level;
	struct kobject *kobj;
	char *name; /* what SCOPE is matched against */
	struct list_head files, subdirs;
	struct fix_type *type; /* at level type */
};

struct fix_type {
	struct mdev_type type;
	struct fix_dir dir;
	char *sysfs_name;
	char name[FIX_SHOWN], description[FIX_SHOWN];
	size_t description_len;
};

struct fix_parent {
	struct mdev_parent parent;
	struct pci_dev *pdev;
	struct fix_dir dir;
	struct fix_type *types;
	struct mdev_type **list;
	unsigned int ntypes, nopen;
	struct device_type devtype;
};

/*
 * fix_tree guards the lists, fix_text the content of files.  Removing a file waits for its
 * readers, so a reader may take only the second one.
 */
static DEFINE_MUTEX(fix_tree);
static DEFINE_MUTEX(fix_text);
static LIST_HEAD(fix_dirs);
static LIST_HEAD(fix_lines);
static struct fix_dir fix_module_dir;

/* Files */

static ssize_t fix_read(struct file *f, struct kobject *kobj, struct bin_attribute *attr,
			char *buf, loff_t off, size_t count)
{
	struct fix_file *file = container_of(attr, struct fix_file, attr);
	ssize_t ret;

	if (read_ms && msleep_interruptible(read_ms))
		return -EINTR;
	mutex_lock(&fix_text);
	ret = file->mode == FIX_ERR ?
		      -file->error :
		      memory_read_from_buffer(buf, count, &off, file->text, file->len);
	mutex_unlock(&fix_text);
	return ret;
}

static bool fix_same(const char *a, size_t na, const char *b, size_t nb)
{
	if (na && a[na - 1] == '\n')
		na--;
	if (nb && b[nb - 1] == '\n')
		nb--;
	return na == nb && !memcmp(a, b, na);
}

static ssize_t fix_write(struct file *f, struct kobject *kobj, struct bin_attribute *attr,
			 char *buf, loff_t off, size_t count)
{
	struct fix_file *file = container_of(attr, struct fix_file, attr);
	ssize_t ret = count;
	char *text;

	if (off)
		return -EINVAL;
	mutex_lock(&fix_text);
	switch (file->mode) {
	case FIX_RW:
		text = kmalloc(count + 1, GFP_KERNEL);
		if (!text) {
			ret = -ENOMEM;
			break;
		}
		memcpy(text, buf, count);
		kfree(file->text);
		file->text = text;
		file->len = count;
		if (!count || text[count - 1] != '\n')
			text[file->len++] = '\n';
		break;
	case FIX_CMP:
		if (!fix_same(buf, count, file->text, file->len))
			ret = -EINVAL;
		break;
	case FIX_DROP:
		break;
	default:
		ret = -EACCES;
	}
	mutex_unlock(&fix_text);
	return ret;
}

static void fix_file_free(struct fix_file *file)
{
	list_del(&file->node);
	kfree(file->text);
	kfree(file->path);
	kfree(file);
}

/* The kobject for the directory part of @path, which the caller may cut up. */
static struct kobject *fix_subdir(struct fix_dir *dir, char *path)
{
	char *slash = strrchr(path, '/');
	struct fix_subdir *sub;
	struct kobject *above;

	if (!slash)
		return dir->kobj;
	*slash = 0;
	list_for_each_entry(sub, &dir->subdirs, node)
		if (!strcmp(sub->path, path))
			goto out;
	sub = kzalloc(sizeof(*sub), GFP_KERNEL);
	if (!sub)
		return NULL;
	sub->path = kstrdup(path, GFP_KERNEL);
	above = sub->path ? fix_subdir(dir, path) : NULL;
	slash = sub->path ? strrchr(sub->path, '/') : NULL;
	if (above)
		sub->kobj = kobject_create_and_add(slash ? slash + 1 : sub->path, above);
	if (!sub->kobj) {
		kfree(sub->path);
		kfree(sub);
		return NULL;
	}
	/* At the head: the deepest directory is put first. */
	list_add(&sub->node, &dir->subdirs);
out:
	return sub->kobj;
}

static int fix_file_make(struct fix_dir *dir, const struct fix_line *line)
{
	struct fix_file *file = kzalloc(sizeof(*file), GFP_KERNEL);
	char *path = kstrdup(line->path, GFP_KERNEL);
	char *slash;
	int ret = -ENOMEM;

	if (!file || !path)
		goto fail;
	file->path = kstrdup(line->path, GFP_KERNEL);
	file->text = kmemdup(line->text, line->len + 1, GFP_KERNEL);
	file->kobj = file->path && file->text ? fix_subdir(dir, path) : NULL;
	if (!file->kobj)
		goto fail;
	file->len = line->len;
	file->mode = line->mode;
	file->error = line->error;
	slash = strrchr(file->path, '/');
	sysfs_bin_attr_init(&file->attr);
	file->attr.attr.name = slash ? slash + 1 : file->path;
	file->attr.attr.mode = 0444;
	if (line->mode == FIX_RW || line->mode == FIX_CMP || line->mode == FIX_DROP)
		file->attr.attr.mode = 0644;
	file->attr.read = fix_read;
	file->attr.write = fix_write;
	ret = sysfs_create_bin_file(file->kobj, &file->attr);
	if (ret)
		goto fail;
	list_add_tail(&file->node, &dir->files);
	kfree(path);
	return 0;
fail:
	kfree(path);
	if (file) {
		kfree(file->text);
		kfree(file->path);
		kfree(file);
	}
	return ret;
}

static void fix_show(char *shown, const struct fix_line *line)
{
	size_t len = line->len < FIX_SHOWN - 1 ? line->len : FIX_SHOWN - 1;

	/* The core adds the newline. */
	if (len && line->text[len - 1] == '\n')
		len--;
	memcpy(shown, line->text, len);
	shown[len] = 0;
}

static int fix_apply(struct fix_dir *dir, const struct fix_line *line)
{
	struct fix_file *file, *next;

	if (line->level != dir->level || !glob_match(line->scope, dir->name))
		return 0;
	if (dir->type && !strcmp(line->path, "name")) {
		fix_show(dir->type->name, line);
		return 0;
	}
	if (dir->type && !strcmp(line->path, "description")) {
		size_t len = min_t(size_t, line->len, FIX_SHOWN);

		memcpy(dir->type->description, line->text, len);
		dir->type->description_len = len;
		return 0;
	}
	list_for_each_entry_safe(file, next, &dir->files, node) {
		if (strcmp(file->path, line->path))
			continue;
		sysfs_remove_bin_file(file->kobj, &file->attr);
		fix_file_free(file);
	}
	return line->mode == FIX_DEL ? 0 : fix_file_make(dir, line);
}

/* Takes over @name, which may be NULL after a failed allocation. */
static int fix_dir_open(struct fix_dir *dir, int level, struct kobject *kobj, char *name)
{
	struct fix_line *line;
	int ret = 0;

	if (!name)
		return -ENOMEM;
	dir->level = level;
	dir->kobj = kobj;
	dir->name = name;
	INIT_LIST_HEAD(&dir->files);
	INIT_LIST_HEAD(&dir->subdirs);
	mutex_lock(&fix_tree);
	list_add_tail(&dir->node, &fix_dirs);
	list_for_each_entry(line, &fix_lines, node) {
		ret = fix_apply(dir, line);
		if (ret) {
			pr_err("mdevfix: %s: cannot make %s: %d\n", name, line->path, ret);
			break;
		}
	}
	mutex_unlock(&fix_tree);
	return ret;
}

/* @gone: the directory itself was removed already, and our files with it. */
static void fix_dir_close(struct fix_dir *dir, bool gone)
{
	struct fix_subdir *sub, *nextsub;
	struct fix_file *file, *next;

	if (!dir->name)
		return;
	mutex_lock(&fix_tree);
	list_del(&dir->node);
	list_for_each_entry_safe(file, next, &dir->files, node) {
		if (!gone)
			sysfs_remove_bin_file(file->kobj, &file->attr);
		fix_file_free(file);
	}
	list_for_each_entry_safe(sub, nextsub, &dir->subdirs, node) {
		list_del(&sub->node);
		kobject_del(sub->kobj);
		kobject_put(sub->kobj);
		kfree(sub->path);
		kfree(sub);
	}
	kfree(dir->name);
	dir->name = NULL;
	mutex_unlock(&fix_tree);
}

/* Lines */

static void fix_line_free(struct fix_line *line)
{
	kfree(line->scope);
	kfree(line->path);
	kfree(line->text);
	kfree(line);
}

/* @out has room for strlen(in) + 2. */
static int fix_unescape(const char *in, char *out, size_t *ret_len)
{
	bool newline = true;
	size_t n = 0;

	for (; *in; in++) {
		if (*in != '\\') {
			out[n++] = *in;
			continue;
		}
		switch (*++in) {
		case 'n': out[n++] = '\n'; break;
		case 'r': out[n++] = '\r'; break;
		case 't': out[n++] = '\t'; break;
		case 's': out[n++] = ' '; break;
		case '\\': out[n++] = '\\'; break;
		case 'c':
			if (in[1])
				return -EINVAL;
			newline = false;
			break;
		case 'x':
			if (hex2bin((u8 *)out + n, in + 1, 1))
				return -EINVAL;
			n++;
			in += 2;
			break;
		default:
			return -EINVAL;
		}
	}
	if (newline)
		out[n++] = '\n';
	out[n] = 0;
	*ret_len = n;
	return 0;
}

static int fix_word(const char *const *words, int nwords, const char *word)
{
	int i = word ? match_string(words, nwords, word) : -EINVAL;

	return i < 0 ? -EINVAL : i;
}

static int fix_put(const char *text)
{
	char *copy = kstrdup(text, GFP_KERNEL);
	char *rest = copy, *scope, *path;
	struct fix_line *line, *old, *next;
	struct fix_dir *dir;
	unsigned int number = 0;
	int ret = -ENOMEM;

	line = kzalloc(sizeof(*line), GFP_KERNEL);
	if (!line || !copy)
		goto fail;
	ret = line->level = fix_word(fix_levels, ARRAY_SIZE(fix_levels), strsep(&rest, " "));
	scope = strsep(&rest, " ");
	path = strsep(&rest, " ");
	if (ret < 0)
		goto fail;
	ret = line->mode = fix_word(fix_modes, ARRAY_SIZE(fix_modes), strsep(&rest, " "));
	if (ret < 0)
		goto fail;
	ret = -EINVAL;
	if (!path || !*path || *path == '/')
		goto fail;
	if (!rest)
		rest = "";
	if (line->mode == FIX_ERR || line->mode == FIX_FILL) {
		if (kstrtouint(rest, 10, &number))
			goto fail;
		if (number > (line->mode == FIX_ERR ? MAX_ERRNO : FIX_MAX_TEXT))
			goto fail;
	}
	ret = -ENOMEM;
	line->scope = kstrdup(scope, GFP_KERNEL);
	line->path = kstrdup(path, GFP_KERNEL);
	line->text = kmalloc(strlen(rest) + 2 + (line->mode == FIX_FILL ? number : 0), GFP_KERNEL);
	if (!line->scope || !line->path || !line->text)
		goto fail;
	if (line->mode == FIX_FILL) {
		memset(line->text, 'x', number);
		line->text[number] = 0;
		line->len = number;
	} else {
		ret = fix_unescape(rest, line->text, &line->len);
		if (ret)
			goto fail;
		line->error = number;
	}
	kfree(copy);

	mutex_lock(&fix_tree);
	list_for_each_entry_safe(old, next, &fix_lines, node) {
		if (old->level != line->level || strcmp(old->scope, line->scope) ||
		    strcmp(old->path, line->path))
			continue;
		list_del(&old->node);
		fix_line_free(old);
	}
	list_add_tail(&line->node, &fix_lines);
	ret = 0;
	list_for_each_entry(dir, &fix_dirs, node) {
		ret = fix_apply(dir, line);
		if (ret)
			break;
	}
	mutex_unlock(&fix_tree);
	return ret;
fail:
	kfree(copy);
	if (line)
		fix_line_free(line);
	return ret;
}

static ssize_t put_write(struct file *f, struct kobject *kobj, struct bin_attribute *attr,
			 char *buf, loff_t off, size_t count)
{
	char *copy, *rest, *line;
	int ret = 0;

	if (off)
		return -EINVAL;
	copy = rest = kmemdup_nul(buf, count, GFP_KERNEL);
	if (!copy)
		return -ENOMEM;
	while (!ret && (line = strsep(&rest, "\n")))
		if (*line)
			ret = fix_put(line);
	kfree(copy);
	return ret ? ret : count;
}

static struct bin_attribute fix_put_attr = {
	.attr = { .name = "put", .mode = 0200 },
	.write = put_write,
};

static int fix_put_all(const char *const *lines, size_t n)
{
	int ret = 0;

	while (n-- && !ret)
		ret = fix_put(*lines++);
	return ret;
}

/* Instances */

static int fix_mdev_probe(struct mdev_device *mdev)
{
	struct fix_type *type = container_of(mdev->type, struct fix_type, type);
	struct fix_dir *dir = kzalloc(sizeof(*dir), GFP_KERNEL);
	int ret;

	if (!dir)
		return -ENOMEM;
	msleep(probe_ms);
	ret = fix_dir_open(dir, FIX_DEVICE, &mdev->dev.kobj,
			   kasprintf(GFP_KERNEL, "%s/%s", type->dir.name, dev_name(&mdev->dev)));
	if (ret) {
		fix_dir_close(dir, false);
		kfree(dir);
		return ret;
	}
	dev_set_drvdata(&mdev->dev, dir);
	return 0;
}

static void fix_mdev_remove(struct mdev_device *mdev)
{
	struct fix_dir *dir = dev_get_drvdata(&mdev->dev);

	fix_dir_close(dir, false);
	kfree(dir);
}

static unsigned int fix_available(struct mdev_type *mtype)
{
	return avail;
}

/* May hold NUL and anything else; the core passes on as many bytes as we say. */
static ssize_t fix_description(struct mdev_type *mtype, char *buf)
{
	struct fix_type *type = container_of(mtype, struct fix_type, type);

	memcpy(buf, type->description, type->description_len);
	return type->description_len;
}

static struct mdev_driver fix_mdev_driver = {
	.probe = fix_mdev_probe,
	.remove = fix_mdev_remove,
	.get_available = fix_available,
	.show_description = fix_description,
	.driver = {
		.name = "mdevfix_mdev",
		.owner = THIS_MODULE,
		.mod_name = KBUILD_MODNAME,
	},
};

/* Parents */

static char *fix_type_name(unsigned int i)
{
	const char *evil = hostile & 2 ? " \n=%\x1b@\xff" : "";
	int pad = 0;
	char *name;

	if (types_given)
		return kasprintf(GFP_KERNEL, "%s%s", types[i], evil);
	name = kasprintf(GFP_KERNEL, "%u%s", first + i, evil);
	if (!name || !namelen)
		return name;
	pad = (int)namelen - (int)strlen(drvname) - 1 - (int)strlen(name);
	kfree(name);
	if (pad < 0)
		pad = 0;
	name = kasprintf(GFP_KERNEL, "%*s%u%s", pad, "", first + i, evil);
	if (name)
		memset(name, 'p', pad);
	return name;
}

/*
 * The core sends MDEV_STATE=registered before it returns to us.  Were these files the
 * core's, they would be there by then; so they are made while that event is put together.
 */
static int fix_files(struct fix_parent *p)
{
	const char *parent = pci_name(p->pdev);
	int ret;

	while (p->nopen < p->ntypes) {
		struct fix_type *type = &p->types[p->nopen];

		if (!type->type.kobj.state_in_sysfs)
			return 0;
		p->nopen++;
		type->dir.type = type;
		ret = fix_dir_open(&type->dir, FIX_TYPE, &type->type.kobj,
				   kasprintf(GFP_KERNEL, "%s/%s", parent,
					     kobject_name(&type->type.kobj)));
		if (ret)
			return ret;
	}
	return 0;
}

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 3, 0)
static int fix_uevent(const struct device *dev, struct kobj_uevent_env *env)
#else
static int fix_uevent(struct device *dev, struct kobj_uevent_env *env)
#endif
{
	return fix_files(dev_get_drvdata(dev));
}

static void fix_free(struct fix_parent *p)
{
	unsigned int i;

	for (i = 0; i < p->ntypes; i++) {
		fix_dir_close(&p->types[i].dir, true);
		kfree(p->types[i].sysfs_name);
	}
	fix_dir_close(&p->dir, false);
	kvfree(p->types);
	kfree(p->list);
	kfree(p);
}

static int fix_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	unsigned int n = types_given ? types_given : ntypes, i;
	struct fix_parent *p = kzalloc(sizeof(*p), GFP_KERNEL);
	const struct device_type *was = pdev->dev.type;
	int ret = -ENOMEM;

	if (!p)
		return -ENOMEM;
	p->pdev = pdev;
	p->types = kvcalloc(n, sizeof(*p->types), GFP_KERNEL);
	p->list = kcalloc(n, sizeof(*p->list), GFP_KERNEL);
	if (n && (!p->types || !p->list))
		goto fail;
	for (; p->ntypes < n; p->ntypes++) {
		struct fix_type *type = &p->types[p->ntypes];

		i = p->ntypes;
		type->sysfs_name = fix_type_name(i);
		if (!type->sysfs_name)
			goto fail;
		type->type.sysfs_name = type->sysfs_name;
		type->type.pretty_name = type->name;
		snprintf(type->name, sizeof(type->name), "Fixture %s %s%s", drvname,
			 type->sysfs_name, hostile & 1 ? FIX_EVIL : "");
		type->description_len =
			scnprintf(type->description, sizeof(type->description),
				  "num_heads=4, frl_config=45, framebuffer=%uM, max_instance=%u%s\n",
				  1024 << (i & 3), 32 >> (i & 3), hostile & 1 ? FIX_EVIL : "");
		if (hostile & 1)
			type->description[10] = 0;
		p->list[i] = &type->type;
	}
	ret = fix_dir_open(&p->dir, FIX_PARENT, &pdev->dev.kobj,
			   kstrdup(pci_name(pdev), GFP_KERNEL));
	if (ret)
		goto fail;
	pci_set_drvdata(pdev, p);
	if (n) {
		if (was)
			p->devtype = *was;
		p->devtype.uevent = fix_uevent;
		pdev->dev.type = &p->devtype;
		ret = mdev_register_parent(&p->parent, &pdev->dev, &fix_mdev_driver, p->list, n);
		pdev->dev.type = was;
		if (ret)
			goto fail;
		ret = fix_files(p);
		if (ret) {
			mdev_unregister_parent(&p->parent);
			goto fail;
		}
	}
	return 0;
fail:
	fix_free(p);
	return ret;
}

static void fix_remove(struct pci_dev *pdev)
{
	struct fix_parent *p = pci_get_drvdata(pdev);

	if (p->ntypes)
		mdev_unregister_parent(&p->parent);
	fix_free(p);
}

static const struct pci_device_id fix_ids[] = {
	{ PCI_DEVICE(0x1234, 0x11e8) },
	{ PCI_DEVICE(0x1b36, 0x0005) },
	{}
};

static struct pci_driver fix_pci_driver = {
	.id_table = fix_ids,
	.probe = fix_probe,
	.remove = fix_remove,
};

static int __init fix_init(void)
{
	struct kobject *self = &THIS_MODULE->mkobj.kobj, *module;
	int ret;

	if (ntypes > FIX_MAX_TYPES)
		return -EINVAL;
	fix_pci_driver.name = drvname;
	fix_mdev_driver.device_api = api;
	sysfs_bin_attr_init(&fix_put_attr);
	if (proposals)
		ret = fix_put_all(fix_proposals, ARRAY_SIZE(fix_proposals));
	else
		ret = 0;
	if (!ret && hostile & 1)
		ret = fix_put_all(fix_hostile, ARRAY_SIZE(fix_hostile));
	if (ret)
		goto no_lines;
	/* /sys/module/DRVNAME, where policies look for a driver's version. */
	ret = -ENOMEM;
	module = kobject_create_and_add(drvname, &self->kset->kobj);
	if (!module)
		goto no_lines;
	ret = fix_dir_open(&fix_module_dir, FIX_MODULE, module, kstrdup(drvname, GFP_KERNEL));
	if (ret)
		goto no_put;
	ret = sysfs_create_bin_file(self, &fix_put_attr);
	if (ret)
		goto no_put;
	ret = mdev_register_driver(&fix_mdev_driver);
	if (ret)
		goto no_mdev;
	ret = pci_register_driver(&fix_pci_driver);
	if (!ret)
		return 0;
	mdev_unregister_driver(&fix_mdev_driver);
no_mdev:
	sysfs_remove_bin_file(self, &fix_put_attr);
no_put:
	fix_dir_close(&fix_module_dir, false);
	kobject_put(module);
no_lines:
	while (!list_empty(&fix_lines)) {
		struct fix_line *line = list_first_entry(&fix_lines, struct fix_line, node);

		list_del(&line->node);
		fix_line_free(line);
	}
	return ret;
}

static void __exit fix_exit(void)
{
	struct kobject *module = fix_module_dir.kobj;

	pci_unregister_driver(&fix_pci_driver);
	mdev_unregister_driver(&fix_mdev_driver);
	sysfs_remove_bin_file(&THIS_MODULE->mkobj.kobj, &fix_put_attr);
	fix_dir_close(&fix_module_dir, false);
	kobject_put(module);
	while (!list_empty(&fix_lines)) {
		struct fix_line *line = list_first_entry(&fix_lines, struct fix_line, node);

		list_del(&line->node);
		fix_line_free(line);
	}
}

module_init(fix_init);
module_exit(fix_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Parent of mediated devices for the tests of mdevcompat");
MODULE_VERSION("1.0");
